// 三桥: comfort for those who have scripts; every page works without this file.
"use strict";
(() => {
  const drawer = () => document.getElementById("drawer");
  const user = document.body.dataset.user || "";
  let cameFrom = null;

  // --- find box: Ctrl-K or "/", arrows walk the answers, Escape closes ---
  const typing = (e) => e.target.closest("input,textarea,select,[contenteditable]");
  document.addEventListener("keydown", (e) => {
    const box = document.getElementById("find");
    if (box && (((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") || (e.key === "/" && !typing(e)))) {
      e.preventDefault(); box.focus(); box.select(); return;
    }
    if ((e.ctrlKey || e.metaKey) && e.key === "Enter") {
      const form = e.target.closest("form[method=post]");
      if (form) { e.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (e.key === "Escape") escape();
    if ((e.key === "ArrowDown" || e.key === "ArrowUp") && e.target.closest("[data-find]")) walk(e);
  });
  const walk = (e) => {
    const stops = [document.getElementById("find"), ...document.querySelectorAll("#found a")];
    const next = stops[stops.indexOf(document.activeElement) + (e.key === "ArrowDown" ? 1 : -1)];
    if (next) { e.preventDefault(); next.focus(); }
  };
  const escape = () => {
    const open = document.querySelector("details[data-menu][open]");
    const found = document.getElementById("found");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    else if (found && found.hasChildNodes()) { found.replaceChildren(); document.getElementById("find").focus(); }
    else if (drawer() && !drawer().hidden) close();
  };
  document.addEventListener("click", (e) => {
    document.querySelectorAll("details[data-menu][open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
    const found = document.getElementById("found");
    if (found && !e.target.closest("[data-find]")) found.replaceChildren();
  });

  // --- evidence drawer: a number opens at the right edge; its address is its own page ---
  const show = (url) => htmx.ajax("GET", url, { target: "#drawer", swap: "innerHTML" }).then(() => {
    drawer().hidden = false; drawer().scrollTop = 0;
    const head = drawer().querySelector("h1,h2"); if (head) { head.tabIndex = -1; head.focus(); }
  });
  const hide = () => { drawer().hidden = true; drawer().replaceChildren(); if (cameFrom) cameFrom.focus(); };
  const close = () => { if (history.state && history.state.drawer) history.back(); else hide(); };
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-close]") && !drawer().hidden) { e.preventDefault(); close(); return; }
    const door = e.target.closest("a.door,.evidence .bars a");
    if (!door || !drawer() || e.ctrlKey || e.metaKey || e.shiftKey || e.button || !window.htmx) return;
    if (door.closest(".evidence") && !door.closest("#drawer")) return;
    e.preventDefault();
    if (drawer().hidden) cameFrom = door;
    history.pushState({ drawer: door.href }, "", door.href);
    show(door.href);
  });
  window.addEventListener("popstate", (e) => {
    if (e.state && e.state.drawer && drawer()) show(e.state.drawer);
    else if (drawer() && !drawer().hidden) hide();
  });

  // --- forms: a draft outlives a lost session, and nothing is sent twice; it keeps the version that it
  // was typed over, so that what others saved meanwhile is shown and not overwritten ---
  const key = (form) => "draft:" + user + ":" + location.pathname + ":" + (form.id || "");
  const fields = (form) => [...form.elements].filter((f) => f.name === "known_version" || f.name && !["hidden", "password", "file", "submit"].includes(f.type) && f.type && !("secret" in f.dataset));
  const keep = (form) => sessionStorage.setItem(key(form), JSON.stringify(fields(form).map((f) => [f.name, f.type === "checkbox" || f.type === "radio" ? f.checked : f.value])));
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const kept = sessionStorage.getItem(key(form));
    if (kept && !form.querySelector(".errorlist")) {
      const values = JSON.parse(kept);
      fields(form).forEach((f, n) => {
        if (!values[n] || values[n][0] !== f.name) return;
        if (typeof values[n][1] === "boolean") f.checked = values[n][1]; else f.value = values[n][1];
      });
      const told = form.querySelector("[data-restored]"); if (told) told.hidden = false;
    }
    form.addEventListener("input", () => keep(form));
    form.addEventListener("reset", () => { sessionStorage.removeItem(key(form)); });
  });
  const from = document.referrer && new URL(document.referrer).pathname;
  if (from && document.querySelector(".message.success")) Object.keys(sessionStorage)
    .filter((k) => k.startsWith("draft:" + user + ":" + from + ":")).forEach((k) => sessionStorage.removeItem(k));
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    if (form.matches("[data-draft]")) keep(form);
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((f) => delete f.dataset.sent));

  // --- lists: filters and columns answer at once; ticking the head ticks all ---
  document.addEventListener("change", (e) => {
    if (e.target.matches("[data-all]")) document.querySelectorAll("input[name=row]").forEach((box) => { box.checked = e.target.checked; });
    const form = e.target.closest("form[data-at-once]");
    if (form) form.requestSubmit();
  });
  document.addEventListener("click", (e) => { if (e.target.closest("[data-print]")) window.print(); });
  document.addEventListener("htmx:configRequest", (e) => {
    const given = e.detail.parameters;
    Object.keys(given).forEach((name) => { if (given[name] === "") delete given[name]; });
  });

  // --- the page behind a lost session asks for sign-in in full ---
  document.addEventListener("htmx:beforeOnLoad", (e) => {
    const answer = e.detail.xhr.responseURL || "";
    if (answer.includes("/accounts/login")) { e.preventDefault(); location.reload(); }
  });
})();

-- A tap a request, each on a link of its own; one line that bench/_answering.py reads.
local tokens, bad = {}, 0
for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end
local n = math.floor(#tokens * os.getenv("TURN") / os.getenv("TURNS"))
request = function()
  n = n + 1
  local path = "/a/" .. tokens[(n - 1) % #tokens + 1] .. "/can/"
  return wrk.format("POST", path, {["Content-Type"] = "application/x-www-form-urlencoded"}, "")
end
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("requests=%d micros=%d bad=%d p95=%.0f\n", summary.requests,
    summary.duration, errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(95)))
end

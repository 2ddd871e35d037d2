#!/bin/sh
# Chromium and a Chinese font for the browser tests: there, or installed by apt, or a clear end.
set -eu

there() {
    command -v chromium >/dev/null && command -v fc-list >/dev/null &&
        fc-list :lang=zh family | grep -q .
}

there && exit 0
sudo=""
if [ "$(id -u)" != 0 ]; then sudo="sudo -n"; fi
if command -v apt-get >/dev/null && $sudo true 2>/dev/null; then
    echo "Installing chromium, fontconfig and fonts-noto-cjk for the browser tests"
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        chromium fontconfig fonts-noto-cjk
fi
there || {
    echo "The browser tests need chromium and a Chinese font; install them, for example:" >&2
    echo "    sudo apt-get install chromium fontconfig fonts-noto-cjk" >&2
    exit 1
}

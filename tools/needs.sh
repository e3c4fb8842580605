# Sourced: what a suite needs beyond .venv, installed where that is permitted, else noted in `missing`.
missing=()

need() {  # need PACKAGE SUITE CHECK...: a Debian package, by what shows that it is there
    local package=$1 suite=$2
    shift 2
    "$@" >/dev/null 2>&1 && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get install -y -qq --no-install-recommends "$package" ||
            { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package"; }; } >/dev/null 2>&1
    fi
    "$@" >/dev/null 2>&1 || missing+=("$suite: no Debian package $package")
}

chinese_font() {
    fc-list :lang=zh family | grep -q .
}

need_browser() {  # need_browser SUITE
    need chromium "$1" test -x /usr/bin/chromium
    need fontconfig "$1" command -v fc-list
    need fonts-noto-cjk "$1" chinese_font
}

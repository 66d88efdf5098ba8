# Sourced: install_packages SET... installs what is missing of these sets of Debian packages.
# As root with apt-get; otherwise through sudo where there is one; else it says what to install.

packages_build="build-essential cmake ninja-build pkg-config libpq-dev libpcre2-dev libyaml-dev libxxhash-dev libutf8proc-dev libssl-dev libsqlite3-dev libxlsxwriter-dev libexpat1-dev zlib1g-dev tzdata"
packages_postgres="postgresql postgresql-client"
packages_test="clang clang-format clang-tidy libclang-rt-14-dev libcmocka-dev python3 python3-yaml python3-jsonschema python3-stdnum python3-openpyxl bash-completion man-db openmpi-bin"

# A node from elsewhere brings its npm, and Debian's cannot be installed beside it.
command -v npm >/dev/null || packages_test="$packages_test nodejs npm"

_missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || echo "$package"
    done
}

install_packages() {
    local set wanted="" missing as_root=""
    for set in "$@"; do
        local name="packages_$set"
        wanted="$wanted ${!name}"
    done
    # shellcheck disable=SC2086
    missing=$(_missing_packages $wanted | tr '\n' ' ')
    [ -n "${missing// /}" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        as_root=$(command -v sudo) || {
            echo "install these packages first: $missing" >&2
            return 3
        }
    fi
    echo "installing: $missing"
    $as_root apt-get update -qq
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Shared by ./dev: messages, packages, build. Sourced, never run.

say()  { printf '\033[1m▸ %s\033[0m\n' "$*" >&2; }
note() { printf '  %s\n' "$*" >&2; }
die()  { printf '\033[31m✗ %s\033[0m\n' "$1" >&2; shift; for line in "$@"; do printf '  %s\n' "$line" >&2; done; exit 1; }

# May this user install packages, as root or through sudo?
may_install() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

check_distribution() {
  local id="" version=""
  if [ -r /etc/os-release ]; then id=$(. /etc/os-release; echo "$ID"); version=$(. /etc/os-release; echo "${VERSION_ID:-}"); fi
  [ "$id" = debian ] && [ "$version" = 12 ] && return
  [ -n "${HUYING_ANY_DISTRIBUTION:-}" ] && return
  die "不支持的系统: ${id:-unknown} ${version} / unsupported system: Huying is built and tested on Debian 12" \
      "请使用 Debian 12 (虚拟机或容器均可) / use Debian 12, a virtual machine or container will do" \
      "自担风险继续 / to go on at your own risk:  HUYING_ANY_DISTRIBUTION=1 ./dev …"
}

wanted_packages() { grep -hv '^#' "$@"; }

# install_packages FILE...: apt-get for what is missing, with its progress on the terminal.
install_packages() {
  check_distribution
  local missing=() package
  for package in $(wanted_packages "$@"); do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  may_install ||
    die "缺少 ${#missing[@]} 个软件包, 而你既不是 root 也没有 sudo / ${#missing[@]} packages are missing, and you are neither root nor have sudo" \
        "请让管理员运行 / ask an administrator to run:" "  apt-get install --no-install-recommends ${missing[*]}"
  say "安装 ${#missing[@]} 个软件包 / installing ${#missing[@]} packages: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 ||
    die "apt-get update 失败 / failed: 请检查网络与软件源 / check the network and /etc/apt/sources.list"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2 ||
    die "软件包安装失败 / installing packages failed: 见上文 / see above"
}

# build PRESET [TARGET...]: configure when needed, then ninja.
build() {
  local preset=$1; shift
  export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1
  local started=$SECONDS
  if [ ! -f "$ROOT/build/$preset/build.ninja" ]; then
    mkdir -p "$ROOT/build"
    cmake --preset "$preset" -S "$ROOT" >"$ROOT/build/$preset.log" 2>&1 ||
      { cat "$ROOT/build/$preset.log" >&2; die "cmake 失败 / failed: build/$preset.log"; }
  fi
  local targets=(); [ $# -gt 0 ] && targets=(--target "$@")
  cmake --build "$ROOT/build/$preset" -j "$(nproc)" "${targets[@]}" >&2 || die "编译失败 / the build failed: 见上文 / see above"
  note "build/$preset: $((SECONDS - started)) s"
}

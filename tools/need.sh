# Installs Debian packages where that is possible, else says the line to run.
need() {
  export DEBIAN_FRONTEND=noninteractive
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q >/dev/null && apt-get install -qy --no-install-recommends "$@" >/dev/null && return
  elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
    sudo apt-get update -q >/dev/null && sudo apt-get install -qy --no-install-recommends "$@" >/dev/null && return
  fi
  echo "please run:  sudo apt-get install $*" >&2
  return 1
}

#!/usr/bin/env bash
# Installs what the tests need beside Node, on Debian bookworm as root: Chromium, and Mesa's software Vulkan driver.
# Bookworm's own Mesa (22.3) is too old for Dawn, so that one comes from bookworm-backports, out of the same mirror
# that the machine's own apt sources name. Done in a second where everything is there already.
set -euo pipefail

if [ "$(id -u)" -ne 0 ]; then
  echo 'install-system-packages: needs root, to call apt-get' >&2
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
backports=/etc/apt/sources.list.d/sequitur-backports.sources

installed() { dpkg-query --show --showformat '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

major_version() { dpkg-query --show --showformat '${Version}' "$1" | sed -E 's/^[0-9]+://; s/[^0-9].*//'; }

mesa_is_recent() { installed libvulkan1 && installed mesa-vulkan-drivers && [ "$(major_version mesa-vulkan-drivers)" -ge 24 ]; }

# apt's own view of its sources, so it does not matter in which of the two forms they are written.
sources() { apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages'; }

add_backports() {
  if sources | grep -q "^$release-backports "; then return; fi
  local mirror
  mirror=$(sources | awk -v release="$release" '$1 == release { print $2; exit }')
  if [ -z "$mirror" ]; then
    echo "install-system-packages: no apt source for $release on this machine" >&2
    exit 1
  fi
  {
    printf 'Types: deb\nURIs: %s\nSuites: %s-backports\nComponents: main\n' "$mirror" "$release"
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    if [ -e "$keyring" ]; then echo "Signed-By: $keyring"; fi
  } >"$backports"
  apt-get update -qq
}

if installed chromium && mesa_is_recent; then exit 0; fi

apt-get update -qq
if ! installed chromium; then apt-get install -y -qq --no-install-recommends chromium; fi
if ! mesa_is_recent; then
  from=()
  if [ "$release" = bookworm ]; then
    add_backports
    from=(--target-release "$release-backports")
  fi
  apt-get install -y -qq --no-install-recommends "${from[@]}" mesa-vulkan-drivers libvulkan1
fi

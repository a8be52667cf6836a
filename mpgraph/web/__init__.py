"""Graphs in web pages.

    export         a graph and its models as files that the JavaScript package runs
    folding        what is known of a graph before it runs: side packets, the channels of switches
    calculators    which calculators pages have, with which ports and options
    model_export   a model as a plan and weights
    package_files  the files of the JavaScript package
    package/       the package: a graph runtime on WebGPU and WebAssembly
    kernels/       the sources of package/kernels.wasm, in AssemblyScript

Python parses, validates and plans; a page only runs what it is given.
"""

"""Graphs in web pages.

    export         a graph and its models as files that the JavaScript package runs
    folding        what is known of a graph before it runs: side packets, the channels of switches
    calculators    which calculators pages have, with which ports and options
    model_export   a model as a plan and weights
    package_files  the files of the JavaScript package
    package/       the package: a graph runtime on WebGPU and WebAssembly, and the Solution API
    kernels/       the sources of package/kernels.wasm, in AssemblyScript
    classic        the Solution API as scripts under MediaPipe's names
    page/          a page with selfie effects, or with a graph of the user's own
    site           all files of page and package
    server         serves them: on loopback, or over https with a certificate

Python parses, validates and plans; a page only runs what it is given.
"""

"""The backend `webgpu`: runs a model on the GPU, in WGSL kernels, through Vulkan, Metal or DX12.

    network      the flatbuffer's operators and tensors, constants as arrays
    fusing       activations and additions merged into the operator before them
    plan         the list of dispatches for given input shapes, independent of a GPU, and its builder
    ops/         one rule for each operator: which kernels, with which parameters
    planning     a network's plan, by these rules
    buffers      which values share a buffer, since they are never needed at the same time
    packing      a plan's constants in one array, and its workgroups
    plan_runner  a plan on one GPU
    runner       the backend for arrays in main memory

Values are float32 with the channels last, in blocks of four: value (n, y, x, c) is lane c % 4 of the vec4
((n * height + y) * width + x) * blocks + c / 4. A shape with fewer than four dimensions has ones in front.
"""

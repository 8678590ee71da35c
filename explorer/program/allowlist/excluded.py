"""What is left out of the generated tables, and why: each group says its reason to the person who asks."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILES = "programs cannot read or write files; upload a tensor instead"
PROCESSES = "programs cannot start or reach other processes"
CODE = "programs cannot compile, load or export code here; call the function directly"
MEMORY = "it reaches memory that the program does not own"
SETTINGS = "it would change a setting of the whole server"
DEVICES = "programs cannot control devices; choose one in the sidebar"
QUANTISED = "quantised tensors are not part of what is shown here"
PROFILER = "it reports about the server, not about tensors"
INSIDE_LAYERS = (
    "it is what recurrent layers call inside. Make a layer and call that: lstm = nn.LSTM(4, 6), then lstm(x); nn.GRU, "
    "nn.RNN and the cells, nn.LSTMCell among them, are made in the same way"
)
INTERNAL = "it is a part of torch's machinery, not of its documented functions"
SPARSE = "its kernels trust indices that they do not check"
REMOVED = "torch has removed it"

GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        FILES,
        _words(
            """
            load save from_file PyTorchFileReader PyTorchFileWriter get_file_path loadtxt savetxt savez
            savez_compressed genfromtxt fromfile tofile memmap fromregex dump dumps register_kl datetime_data
            """
        )
        - {"register_kl", "datetime_data"},
    ),
    (
        PROCESSES,
        _words(
            """
            share_memory_ share_memory fork wait is_distributed prepare_multiprocessing_environment DataParallel
            DistributedSampler SyncBatchNorm multiprocessing distributed get_worker_info set_multithreading_enabled
            """
        ),
    ),
    (
        CODE,
        _words(
            """
            compile jit export hub package onnx fx library cpp utils compiler cond while_loop import_ir_module
            import_ir_module_from_buffer parse_ir parse_schema parse_type_comment merge_type_from_type_comment
            unify_type_list vectorize frompyfunc bmat r_ c_ linearize functionalize debug_unwrap classproperty
            get_type_hints
            """
        )
        - {"vectorize", "frompyfunc", "utils"},
    ),
    (
        MEMORY,
        _words(
            """
            frombuffer from_dlpack to_dlpack set_ module_load record_stream as_subclass const_data_ptr
            unsafe_chunk unsafe_split unsafe_split_with_sizes to_empty skip_init thread_safe_generator
            UninitializedParameter UninitializedBuffer is_lazy to_mkldnn nditer nested_iters require
            setfield getfield byteswap setflags ctypes increment_version
            """
        ),
    ),
    (
        SETTINGS,
        _words(
            """
            set_num_threads set_num_interop_threads init_num_threads set_default_tensor_type set_flush_denormal
            set_warn_always set_deterministic_debug_mode set_autocast_enabled set_autocast_cache_enabled
            set_autocast_cpu_dtype set_autocast_cpu_enabled set_autocast_dtype set_autocast_gpu_dtype
            set_autocast_ipu_dtype set_autocast_ipu_enabled set_autocast_xla_dtype set_autocast_xla_enabled
            autocast_decrement_nesting autocast_increment_nesting clear_autocast_cache register_kl
            set_warn_on_accumulate_grad_stream_mismatch set_override_stale_capture_stream enforce_grad_layout_policy
            region_activation_memory_budget set_default_validate_args register_pytree_node
            setbufsize seterrcall set_bit_generator get_bit_generator
            """
        ),
    ),
    (
        DEVICES,
        _words(
            """
            Stream Event get_device_module AcceleratorError OutOfMemoryError is_vulkan_available pin_memory is_pinned
            """
        )
        - {"OutOfMemoryError"},
    ),
    (
        QUANTISED,
        _words(
            """
            quantize_per_channel quantize_per_tensor quantize_per_tensor_dynamic quantized_batch_norm
            quantized_max_pool1d quantized_max_pool2d quantized_max_pool3d quantized_gru quantized_lstm
            fake_quantize_per_channel_affine fake_quantize_per_tensor_affine fused_moving_avg_obs_fake_quant
            choose_qparams_optimized dequantize int_repr q_scale q_zero_point q_per_channel_axis
            q_per_channel_scales q_per_channel_zero_points qscheme qint32 qint8 quint2x4 quint4x2 quint8
            empty_quantized per_channel_affine per_channel_affine_float_qparams per_channel_symmetric
            per_tensor_affine per_tensor_symmetric scaled_mm scaled_grouped_mm grouped_mm ScalingType SwizzleType
            """
        ),
    ),
    (PROFILER, _words("profiler emit_nvtx emit_itt show_config show_runtime get_include info source")),
    (
        SPARSE,
        _words(
            """
            sparse_resize_ sparse_resize_and_clear_ resize_as_sparse_ SparseSemiStructuredTensor hspmm
            lu_solve ldl_solve segment_reduce ctc_loss CTCLoss
            to_sparse_semi_structured as_sparse_gradcheck check_sparse_tensor_invariants sparse_mask
            to_sparse_bsc to_sparse_bsr sparse_bsc_tensor sparse_bsr_tensor sparse_compressed_tensor
            """
        ),
    ),
    (INSIDE_LAYERS, _words("lstm gru rnn_tanh rnn_relu lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell")),
    (REMOVED, _words("eig lstsq solve symeig matrix_rank volatile reinforce resize resize_as lu") - {"lu"}),
    (
        INTERNAL,
        _words(
            """
            AVG AggregationType AliasDb AnyType Argument ArgumentSpec AwaitType BenchmarkConfig
            BenchmarkExecutionStats Block BufferDict CallStack Capsule ClassType Code CompilationUnit
            CompleteArgumentSpec ConcreteModuleType ConcreteModuleTypeBuilder DeepCopyMemoTable
            DeserializationStorageContext DeviceObjType DictType DisableTorchFunction DisableTorchFunctionSubclass
            DispatchKey DispatchKeySet ErrorReport ExcludeDispatchKeyGuard ExecutionPlan FatalError FileCheck
            FunctionSchema Future GradScaler Gradient Graph GraphExecutorState IODescriptor InferredType
            LiteScriptModule LockingLogger LoggerBase NoopLogger Node OperatorInfo ScriptClass ScriptClassFunction
            ScriptDict ScriptDictIterator ScriptDictKeyIterator ScriptFunction ScriptList ScriptListIterator
            ScriptMethod ScriptModule ScriptModuleSerializer ScriptObject ScriptObjectProperty
            SerializationStorageContext StaticModule StorageBase StreamObjType ThroughputBenchmark TracingState Type
            Use Value JITException handle_torch_function has_torch_function has_torch_function_unary
            has_torch_function_variadic boolean_dispatch assert_int_or_pair sym_constrain_range
            sym_constrain_range_for_size sym_fresh_size Storage TypedStorage UntypedStorage BFloat16Storage
            BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage DoubleStorage FloatStorage
            HalfStorage IntStorage LongStorage QInt32Storage QInt8Storage QUInt2x4Storage QUInt4x2Storage
            QUInt8Storage ShortStorage grad_dtype dump_patches call_super_init T_destination factory_kwargs
            Variable NestedIOFunction InplaceFunction custom_function_call FunctionMeta set_extra_state
            swap_in_optimizer_params_and_state fuse_conv_bn_weights fuse_linear_bn_weights DFIterDataPipe DataChunk
            IterDataPipe MapDataPipe functional_datapipe guaranteed_datapipes_determinism non_deterministic
            runtime_validation runtime_validation_disabled argument_validation bit bits1x8 bits16 bits2x4 bits4x2
            bits8 int1 int2 int3 int4 int5 int6 int7 uint1 uint2 uint3 uint4 uint5 uint6 uint7 SUM Tag
            BoolType ComplexType EnumType FloatType FutureType IntType InterfaceType ListType NoneType NumberType
            OptionalType PyObjectType RRefType StringType SymBool SymBoolType SymFloat SymInt SymIntType TensorType
            TupleType UnionType PRIVATE_OPS sym_float sym_int sym_ite sym_max sym_min sym_not sym_sqrt sym_sum
            OpaqueBase get_swap_module_params_on_conversion is_opaque_reference_type is_traceable_wrapper_subclass
            ModuleDict ParameterDict multiprocessing_context check_worker_number_rationality profile_hook_step
            mark_shared_storage copy_method_params PackedSequence_ DType float4_e2m1fn_x2 hash_tensor
            compiled_with_cxx11_abi ipu mtia maia storage_type nested to_padded_tensor
            """
        ),
    ),
)

REASONS: dict[str, str] = {name: reason for reason, names in GROUPS for name in names}
"""Why each excluded name is excluded; the same name is excluded from every namespace."""

EXCEPTIONS: frozenset[tuple[str, str]] = frozenset(
    {
        ("torch.linalg", "cond"),
        ("numpy.linalg", "cond"),
        ("torch.linalg", "lstsq"),
        ("torch.linalg", "solve"),
        ("torch.linalg", "matrix_rank"),
        ("torch.linalg", "eig"),
        ("numpy", "resize"),
        ("numpy.linalg", "lstsq"),
        ("numpy.linalg", "solve"),
        ("numpy.linalg", "eig"),
        ("numpy.linalg", "matrix_rank"),
        ("torch.nn", "ModuleDict"),
        ("torch.nn", "ParameterDict"),
        ("torch.nn.utils.parametrize", "ModuleDict"),
        ("torch.autograd", "Variable"),
        ("torch.amp", "GradScaler"),
        ("torch.cuda.amp", "GradScaler"),
        ("torch.nn.functional", "linear_cross_entropy"),
    }
)
"""Pairs of namespace and name that stay although another namespace's name is excluded."""

MODULE_REASONS = {
    "os": FILES,
    "sys": PROCESSES,
    "io": FILES,
    "pathlib": FILES,
    "shutil": FILES,
    "tempfile": FILES,
    "glob": FILES,
    "pickle": FILES,
    "csv": FILES,
    "json": "programs here work with tensors; write the values as a list",
    "subprocess": PROCESSES,
    "multiprocessing": PROCESSES,
    "threading": PROCESSES,
    "concurrent": PROCESSES,
    "asyncio": PROCESSES,
    "signal": PROCESSES,
    "socket": "programs cannot reach the network",
    "urllib": "programs cannot reach the network",
    "requests": "programs cannot reach the network",
    "http": "programs cannot reach the network",
    "ctypes": MEMORY,
    "gc": MEMORY,
    "inspect": CODE,
    "importlib": CODE,
    "builtins": CODE,
    "types": CODE,
    "enum": "its classes make other classes; use plain numbers or texts",
    "matplotlib": "it is not available here; the explorer draws tensors itself",
    "seaborn": "it is not available here; the explorer draws tensors itself",
    "torchvision": "it is not available here; make the data with torch.randn or upload it",
    "torchaudio": "it is not available here; make the data with torch.randn or upload it",
    "pandas": "it is not available here; write the values as tensors",
    "sklearn": "it is not available here; write the data as tensors",
    "scipy": "it is not available here; torch.linalg and torch.special have most of it",
    "d2l": "it is not available here; paste the functions that the program uses",
    "tqdm": "it is not available here; loop over the range itself",
    "torch.multiprocessing": PROCESSES,
    "torch.distributed": PROCESSES,
    "torch.jit": CODE,
    "torch.hub": CODE,
    "torch.onnx": CODE,
    "torch.package": CODE,
    "torch.fx": CODE,
    "torch.utils.tensorboard": FILES,
    "torch.utils.cpp_extension": CODE,
    "torch.profiler": PROFILER,
}
"""Why well-known modules cannot be imported."""

BUILTINS = {
    "open": "programs cannot read or write files; upload a tensor instead",
    "input": "nobody is there to answer; write the value into the program",
    "exec": "programs cannot make programs",
    "eval": "programs cannot make programs; write the expression itself",
    "compile": "programs cannot make programs",
    "__import__": "write an import statement",
    "globals": "use the names themselves",
    "locals": "use the names themselves",
    "breakpoint": "there is no debugger; step through the program with the timeline",
    "exit": "let the program run to its end",
    "quit": "let the program run to its end",
    "memoryview": "it reaches memory that the program does not own",
    "bytearray": "use a list or a tensor",
}
"""Python's functions that programs do not have, and why."""

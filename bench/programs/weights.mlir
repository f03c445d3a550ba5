// RUN: iree-compile --compile-mode=vm
// A constant of COUNT numbers, embedded as in models, and a function that reads one of them.
vm.module @weights {
  vm.rodata private @data dense<7> : tensor<COUNTxi32>
  vm.func private @get(%i: i64) -> i32 {
    %data = vm.const.ref.rodata @data : !vm.buffer
    %value = vm.buffer.load.i32 %data[%i] : !vm.buffer -> i32
    vm.return %value : i32
  }
  vm.export @get
}

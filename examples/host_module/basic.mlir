// A program without devices: it creates, measures and prints strings of a module
// named `custom`. `string.dprint` is optional; its fallback is in the program.

module @example {
  func.func private @custom.string.create(!util.buffer) -> !custom.string
  func.func private @custom.string.length(!custom.string) -> index attributes {
    vm.signature = (!vm.ref<!custom.string>) -> i64
  }
  func.func private @custom.string.print(!custom.string)
  func.func private @custom.string.dprint(!custom.string) attributes {
    vm.fallback = @print_optimized
  }

  func.func private @print_optimized(%ignored: !custom.string) {
    %text = util.buffer.constant : !util.buffer = "optimized"
    %string = func.call @custom.string.create(%text)
        : (!util.buffer) -> !custom.string
    func.call @custom.string.print(%string) : (!custom.string) -> ()
    return
  }

  func.func @main() {
    %hello = util.buffer.constant : !util.buffer = "hello"
    %string = func.call @custom.string.create(%hello)
        : (!util.buffer) -> !custom.string
    func.call @custom.string.print(%string) : (!custom.string) -> ()
    %length = func.call @custom.string.length(%string)
        : (!custom.string) -> index
    util.optimization_barrier %length : index
    %debug = util.buffer.constant : !util.buffer = "debug"
    %other = func.call @custom.string.create(%debug)
        : (!util.buffer) -> !custom.string
    func.call @custom.string.dprint(%other) : (!custom.string) -> ()
    return
  }
}

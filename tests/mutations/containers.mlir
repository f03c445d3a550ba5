// RUN: iree-compile --iree-input-demote-f64-to-f32=false
// Lists, buffers, globals, calls and branches, so that mutations reach the VM's memory operations.
module @containers {
  util.global private mutable @counter = 5 : i64
  util.global private mutable @kept : !util.list<?>

  func.func private @fill(%list: !util.list<?>, %n: i32) -> (!util.list<?>, i32) attributes {noinline} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    util.list.resize %list, %c2 : !util.list<?>
    util.list.set %list[%c0], %n : i32 -> !util.list<?>
    %inner = util.list.create %c1 : !util.list<?>
    util.list.set %list[%c1], %inner : !util.list<?> -> !util.list<?>
    %size = util.list.size %list : !util.list<?>
    %size_i32 = arith.index_cast %size : index to i32
    return %list, %size_i32 : !util.list<?>, i32
  }
  func.func @make_list(%n: i32) -> (!util.list<?>, i32) {
    %c4 = arith.constant 4 : index
    %list = util.list.create %c4 : !util.list<?>
    %0:2 = func.call @fill(%list, %n) : (!util.list<?>, i32) -> (!util.list<?>, i32)
    return %0#0, %0#1 : !util.list<?>, i32
  }
  // Keeps the list if asked to keep three or more, else returns the previously kept one.
  func.func @swap_list(%list: !util.list<?>, %n: i32) -> !util.list<?> {
    %c3 = arith.constant 3 : i32
    %more = arith.cmpi sge, %n, %c3 : i32
    %old = util.global.load @kept : !util.list<?>
    %result = scf.if %more -> !util.list<?> {
      util.global.store %list, @kept : !util.list<?>
      scf.yield %list : !util.list<?>
    } else {
      scf.yield %old : !util.list<?>
    }
    return %result : !util.list<?>
  }
  func.func @get(%list: !util.list<?>, %i: i32) -> i32 {
    %index = arith.index_cast %i : i32 to index
    %value = util.list.get %list[%index] : !util.list<?> -> i32
    return %value : i32
  }
  func.func @count(%step: i64) -> i64 {
    %0 = util.global.load @counter : i64
    %1 = arith.addi %0, %step : i64
    util.global.store %1, @counter : i64
    return %1 : i64
  }
  func.func @text() -> !util.buffer {
    %0 = util.buffer.constant : !util.buffer = "some text that stays as it is"
    return %0 : !util.buffer
  }
  func.func @make_buffer(%length: i32, %value: i32) -> !util.buffer {
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %c8 = arith.constant 8 : index
    %c16 = arith.constant 16 : index
    %mask = arith.constant 63 : i32
    %bounded = arith.andi %length, %mask : i32
    %more = arith.index_cast %bounded : i32 to index
    %size = arith.addi %more, %c16 : index
    %buffer = util.buffer.alloc uninitialized : !util.buffer{%size}
    util.buffer.fill %value, %buffer[%c0 for %c16] : i32 -> !util.buffer{%size}
    util.buffer.store %value, %buffer[%c4 for %c4] : i32 -> !util.buffer{%size}
    util.buffer.copy %buffer[%c0], %buffer[%c8], %c8 : !util.buffer{%size} -> !util.buffer{%size}
    return %buffer : !util.buffer
  }
  func.func @compare(%a: !util.buffer, %i: i32) -> (i32, i64) {
    %text = util.buffer.constant : !util.buffer = "0123456789abcdef"
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %size_text = util.buffer.size %text : !util.buffer
    %size = util.buffer.size %a : !util.buffer
    %index = arith.index_cast %i : i32 to index
    %value = util.buffer.load %a[%index for %c4] : !util.buffer{%size} -> i32
    %same = util.buffer.compare %a[%c0], %text[%c0], %c4 : !util.buffer{%size}, !util.buffer{%size_text}
    %same_i64 = arith.extui %same : i1 to i64
    return %value, %same_i64 : i32, i64
  }
  func.func @divide(%a: i32, %b: i32, %c: i64, %d: i64) -> (i32, i32, i64, i64) {
    %0 = arith.divsi %a, %b : i32
    %1 = arith.remsi %a, %b : i32
    %2 = arith.divui %c, %d : i64
    %3 = arith.remsi %c, %d : i64
    return %0, %1, %2, %3 : i32, i32, i64, i64
  }
  func.func @divide_i64(%a: i64, %b: i64) -> i64 {
    %0 = arith.divsi %a, %b : i64
    return %0 : i64
  }
  func.func @allocate(%size: i64) -> !util.buffer {
    %index = arith.index_cast %size : i64 to index
    %buffer = util.buffer.alloc uninitialized : !util.buffer{%index}
    return %buffer : !util.buffer
  }
  // Stores into a buffer of 16 bytes, or beyond it.
  func.func @store(%offset: i64, %value: i32) -> !util.buffer {
    %c0 = arith.constant 0 : i32
    %c4 = arith.constant 4 : index
    %size = arith.constant 16 : index
    %buffer = util.buffer.alloc uninitialized : !util.buffer{%size}
    %start = arith.constant 0 : index
    util.buffer.fill %c0, %buffer[%start for %size] : i32 -> !util.buffer{%size}
    %index = arith.index_cast %offset : i64 to index
    util.buffer.store %value, %buffer[%index for %c4] : i32 -> !util.buffer{%size}
    return %buffer : !util.buffer
  }
  func.func @copy(%from: i64, %to: i64, %length: i64) -> !util.buffer {
    %c7 = arith.constant 7 : i32
    %size = arith.constant 16 : index
    %start = arith.constant 0 : index
    %buffer = util.buffer.alloc uninitialized : !util.buffer{%size}
    util.buffer.fill %c7, %buffer[%start for %size] : i32 -> !util.buffer{%size}
    %from_index = arith.index_cast %from : i64 to index
    %to_index = arith.index_cast %to : i64 to index
    %length_index = arith.index_cast %length : i64 to index
    util.buffer.copy %buffer[%from_index], %buffer[%to_index], %length_index : !util.buffer{%size} -> !util.buffer{%size}
    return %buffer : !util.buffer
  }
  // Sums to n with a loop of two branches.
  func.func @sum(%n: i32) -> (i32, f32, f64) {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %c100 = arith.constant 100 : i32
    %bounded = arith.minsi %n, %c100 : i32
    %half = arith.constant 0.5 : f32
    %zero = arith.constant 0.0 : f32
    %0:3 = scf.while (%i = %c0, %s = %c0, %f = %zero) : (i32, i32, f32) -> (i32, i32, f32) {
      %more = arith.cmpi slt, %i, %bounded : i32
      scf.condition(%more) %i, %s, %f : i32, i32, f32
    } do {
    ^bb0(%i: i32, %s: i32, %f: f32):
      %t = arith.addi %s, %i : i32
      %odd = arith.andi %i, %c1 : i32
      %is_odd = arith.cmpi eq, %odd, %c1 : i32
      %g = scf.if %is_odd -> f32 {
        %h = arith.addf %f, %half : f32
        scf.yield %h : f32
      } else {
        %h = arith.mulf %f, %half : f32
        scf.yield %h : f32
      }
      %next = arith.addi %i, %c1 : i32
      scf.yield %next, %t, %g : i32, i32, f32
    }
    %d = arith.extf %0#2 : f32 to f64
    return %0#1, %0#2, %d : i32, f32, f64
  }
}

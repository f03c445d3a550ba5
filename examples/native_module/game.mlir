// Adds up rolls of dice, which come from the module `dice`.
module @game {
  func.func private @dice.roll(i32) -> i32

  func.func @total(%count: i32, %sides: i32) -> i32 {
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    cf.br ^next(%zero, %zero : i32, i32)
  ^next(%rolled: i32, %sum: i32):
    %more = arith.cmpi slt, %rolled, %count : i32
    cf.cond_br %more, ^roll, ^done
  ^roll:
    %roll = func.call @dice.roll(%sides) : (i32) -> i32
    %next_sum = arith.addi %sum, %roll : i32
    %next_rolled = arith.addi %rolled, %one : i32
    cf.br ^next(%next_rolled, %next_sum : i32, i32)
  ^done:
    return %sum : i32
  }
}

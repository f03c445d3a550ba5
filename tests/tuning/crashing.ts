/**
 * A function that reads far outside of its table where `a` is large, or where i64
 * becomes i32.
 */
export const CRASHING =
  `func.func @pick(%table: tensor<4xi32>, %a: tensor<4xi32>)
    -> tensor<4xi32> {
  %sixteen = arith.constant 16 : i64
  %start = arith.constant 65534 : i64
  %far = arith.constant 16384 : i64
  %empty = tensor.empty() : tensor<4xi32>
  %y = linalg.generic {
    indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
    iterator_types = ["parallel"]
  } ins(%a : tensor<4xi32>) outs(%empty : tensor<4xi32>) {
  ^bb0(%in: i32, %out: i32):
    %wide = arith.extsi %in : i32 to i64
    %square = arith.muli %wide, %wide : i64
    %part = arith.shrsi %square, %sixteen : i64
    %small = arith.subi %part, %start : i64
    %offset = arith.muli %small, %far : i64
    %index = arith.index_cast %offset : i64 to index
    %value = tensor.extract %table[%index] : tensor<4xi32>
    linalg.yield %value : i32
  } -> tensor<4xi32>
  return %y : tensor<4xi32>
}`;

/** A function that does so from the fourth call on, where i64 becomes i32. */
export const CRASHING_LATER = `
util.global private mutable @count = 0 : i64
func.func @pick(%table: tensor<4xi32>) -> tensor<4xi32> {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %third = arith.constant 715827883 : i64
  %far = arith.constant 1073741824 : i64
  %before = util.global.load @count : i64
  %count = arith.addi %before, %one : i64
  util.global.store %count, @count : i64
  %product = arith.muli %count, %third : i64
  %is_negative = arith.cmpi slt, %product, %zero : i64
  %offset = arith.select %is_negative, %far, %zero : i64
  %start = arith.index_cast %offset : i64 to index
  %empty = tensor.empty() : tensor<4xi32>
  %y = linalg.generic {
    indexing_maps = [affine_map<(d0) -> (d0)>],
    iterator_types = ["parallel"]
  } outs(%empty : tensor<4xi32>) {
  ^bb0(%out: i32):
    %at = linalg.index 0 : index
    %index = arith.addi %at, %start : index
    %value = tensor.extract %table[%index] : tensor<4xi32>
    linalg.yield %value : i32
  } -> tensor<4xi32>
  return %y : tensor<4xi32>
}`;

// RUN: iree-compile --iree-hal-target-backends=llvm-cpu --iree-llvmcpu-target-cpu=generic
// One step of heat that spreads along a rod: each point takes the mean of
// itself and its neighbours. The ends stay as they are.
module @heat {
  func.func @step(%rod: tensor<8xf32>) -> tensor<8xf32> {
    %third = arith.constant dense<0.333333343> : tensor<6xf32>
    %left = tensor.extract_slice %rod[0] [6] [1] : tensor<8xf32> to tensor<6xf32>
    %middle = tensor.extract_slice %rod[1] [6] [1] : tensor<8xf32> to tensor<6xf32>
    %right = tensor.extract_slice %rod[2] [6] [1] : tensor<8xf32> to tensor<6xf32>
    %two = arith.addf %left, %middle : tensor<6xf32>
    %three = arith.addf %two, %right : tensor<6xf32>
    %mean = arith.mulf %three, %third : tensor<6xf32>
    %next = tensor.insert_slice %mean into %rod[1] [6] [1] : tensor<6xf32> into tensor<8xf32>
    return %next : tensor<8xf32>
  }
}

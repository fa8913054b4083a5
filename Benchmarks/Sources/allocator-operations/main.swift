// Runs one hot path of the allocator a number of times, and prints how many operations that were; without a name it lists
// the names. For scripts/check-instructions.sh, which runs it short and long under callgrind: what that adds in
// instructions by what it adds in operations is what an operation takes.

import Glibc

let arguments = CommandLine.arguments.dropFirst()
if arguments.isEmpty {
  for operation in Operation.allCases { print(operation.rawValue) }
  exit(0)
}
guard let operation = arguments.first.flatMap(Operation.init),
  arguments.dropFirst().allSatisfy({ $0 == "--long" })
else {
  print("usage: allocator-operations [NAME [--long]]")
  exit(64)
}
print(try operation.run(isLong: arguments.contains("--long")))

// Prints the course of one simulated day in a small cluster: `meseta-simulate SEED [--lines]`. Two processes with the
// same seed print the same, although Swift hashes differently in each.

import Glibc  // links libm, which the rounding of scalars needs
import MesetaSimulation

var seed: Seed? = 1
var showsLines = false
for argument in CommandLine.arguments.dropFirst() {
  if argument == "--lines" { showsLines = true } else { seed = Seed(parsing: argument) }
}
if let seed {
  let trace = ReferenceRun.trace(seed, keepsLines: showsLines)
  for line in trace.lines where showsLines { print(line) }
  print("seed \(seed): \(trace.lineCount) events, hash \(String(trace.hash, radix: 16))")
} else {
  print("usage: meseta-simulate SEED [--lines]   (SEED is a number such as 17 or 0x5eed)")
}

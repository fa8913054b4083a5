// Which faults there are in a simulation, drawn from its seed.

public import MesetaRuntime

extension Faults {
  /// Some of everything; which and how much follows from the seed.
  ///
  /// Each kind of fault is left out of half of the simulations or more: where everything breaks all the time, nothing
  /// gets far enough to break in a new way.
  public static func swarm(_ random: inout SeededGenerator) -> Faults {
    var faults = Faults()
    faults.drawNetwork(&random)
    faults.drawNodes(&random)
    faults.drawDisksAndClocks(&random)
    faults.drawContainers(&random)
    faults.encodesMessages = random.oneIn(3)
    faults.drawMasters(&random)
    return faults
  }

  private mutating func drawNetwork(_ random: inout SeededGenerator) {
    delay = Span.zero...random.upTo(random.oneIn(3) ? .seconds(1) : .milliseconds(20))
    detection = Span.seconds(1)...(Span.seconds(1) + random.upTo(.seconds(60)))
    if random.oneIn(2) { lossMillionths = random.below(5000) }
    if random.oneIn(3) { callLossMillionths = random.below(10_000) }
    if random.oneIn(3) { callRepeatMillionths = random.below(50_000) }
    if random.oneIn(3) { callDetourMillionths = random.below(50_000) }
    detour = Span.zero...random.upTo(.seconds(5))
    if random.oneIn(3) { repeatMillionths = random.below(50_000) }
    if random.oneIn(2) { partitionEvery = random.every(.seconds(20), .minutes(3)) }
    if random.oneIn(4) { isolationEvery = random.every(.minutes(1), .minutes(4)) }
    if random.oneIn(3) { stallEvery = random.every(.seconds(5), .minutes(1)) }
    if random.oneIn(2) { frameworkBreakEvery = random.every(.seconds(20), .minutes(3)) }
  }

  private mutating func drawNodes(_ random: inout SeededGenerator) {
    if random.oneIn(2) { agentCrashEvery = random.every(.seconds(20), .minutes(3)) }
    if random.oneIn(4) { flapEvery = random.every(.minutes(1), .minutes(4)) }
    if random.oneIn(3) { masterCrashEvery = random.every(.minutes(1), .minutes(5)) }
    if random.oneIn(3) { frameworkCrashEvery = random.every(.seconds(30), .minutes(4)) }
    if random.oneIn(3) { executorCrashEvery = random.every(.seconds(20), .minutes(2)) }
    if random.oneIn(3) { crashWithinBatchMillionths = random.below(2000) }
    if random.oneIn(4) { pauseEvery = random.every(.seconds(20), .minutes(3)) }
    if random.oneIn(4) { slowEvery = random.every(.seconds(20), .minutes(3)) }
  }

  private mutating func drawDisksAndClocks(_ random: inout SeededGenerator) {
    storeDelay = Span.zero...random.upTo(.milliseconds(random.oneIn(4) ? 2000 : 10))
    if random.oneIn(3) { lateCompletionMillionths = random.below(300_000) }
    if random.oneIn(3) { clockDriftMillionths = random.below(10_000) }
    if random.oneIn(4) { clockJumpEvery = random.every(.seconds(30), .minutes(4)) }
    clockJump = random.upTo(.minutes(120))
  }

  private mutating func drawContainers(_ random: inout SeededGenerator) {
    startDelay = Span.milliseconds(1)...(Span.milliseconds(1) + random.upTo(.seconds(1)))
    if random.oneIn(3) { launchFailureMillionths = random.below(100_000) }
    if random.oneIn(3) { earlyExitMillionths = random.below(100_000) }
    if random.oneIn(4) { hangMillionths = random.below(30_000) }
    if random.oneIn(3) { ignoredKillMillionths = random.below(300_000) }
  }

  private mutating func drawMasters(_ random: inout SeededGenerator) {
    if random.oneIn(2) { sessionExpiryEvery = random.every(.seconds(20), .minutes(3)) }
    electionTime =
      Span.milliseconds(100)...(Span.milliseconds(100) + random.upTo(.seconds(random.oneIn(2) ? 1 : 10)))
    lease = Span.milliseconds(10)...(Span.seconds(1) + random.upTo(.seconds(40)))
    leaderNotice = Span.zero...random.upTo(.seconds(random.oneIn(2) ? 2 : 40))
    if random.oneIn(3) { storeFailureMillionths = random.below(30_000) }
  }

  /// How long it is on average from one fault of a kind to the next; nil for those that do not come by the clock.
  func interval(of kind: FaultKind) -> Span? {
    switch kind {
    case .partition: partitionEvery
    case .isolation: isolationEvery
    case .stall: stallEvery
    case .frameworkBreak: frameworkBreakEvery
    case .agentCrash: agentCrashEvery
    case .flapping: flapEvery
    case .masterCrash: masterCrashEvery
    case .frameworkCrash: frameworkCrashEvery
    case .executorCrash: executorCrashEvery
    case .pause: pauseEvery
    case .slowness: slowEvery
    case .clockJump: clockJumpEvery
    case .sessionExpiry: sessionExpiryEvery
    case .messageLoss, .callLoss, .callRepeat, .callDetour, .messageRepeat, .crashWithinBatch, .diskLoss,
      .reboot, .tornWrite, .lateCompletion, .clockDrift, .launchFailure, .earlyExit, .hang, .ignoredKill,
      .storeFailure:
      nil
    }
  }
}

extension SeededGenerator {
  /// A span of at most that, and more than nothing.
  fileprivate mutating func upTo(_ most: Span) -> Span {
    Span(nanoseconds: 1 + Int64(below(UInt64(most.nanoseconds))))
  }

  fileprivate mutating func every(_ least: Span, _ more: Span) -> Span { least + upTo(more) }
}

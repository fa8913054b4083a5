// The listing of the guide to MesetaHost, as it is printed there.

import Logging
import MesetaFramework
import MesetaHost
import MesetaMaster
import MesetaModel
import Testing

/// A master and a framework in one process.
func startInProcess(_ jobs: [BatchJob], logger: Logger) -> (MasterHost, FrameworkHost<BatchScheduler>) {
  let network = InProcessNetwork()
  let master = MasterHost(MasterConfiguration(), seed: .random(in: .min ... .max), logger: logger)
  network.listen("master", master.handler)
  master.start()
  let framework = FrameworkHost(
    BatchScheduler(jobs), framework: FrameworkInfo(name: "batch"), seed: .random(in: .min ... .max),
    connector: network.connector(to: "master"), logger: logger)
  framework.start()
  return (master, framework)
}

@Suite(.timeLimit(.minutes(5))) struct GuideListingTests {
  @Test func aFrameworkFindsItsMaster() async {
    let (master, framework) = startInProcess([], logger: quietLogger)
    while !Task.isCancelled, await framework.withDriver({ !$0.isSubscribed }) { await Task.yield() }
    framework.stop(teardown: true)
    #expect(await framework.untilEnd() == .tornDown)
    await master.stop()
  }
}

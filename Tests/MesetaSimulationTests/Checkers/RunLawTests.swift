// The laws of running tasks notice what breaks them, and nothing else.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaSimulation

@Suite struct RunLawTests {
  private var watch = Watch()

  @Test mutating func aTaskThatIsLaunchedRunsAndEnds() {
    watch.launch(watch.task("t"))
    watch.run("t")
    #expect(watch.checks.runs[0].agent == watch.agent)
    watch.report(watch.status("t", .running, 1))
    watch.acknowledge("t", 1)
    watch.end("t")
    watch.report(watch.status("t", .finished, 2))
    #expect(watch.checks.runs[0].agent == nil)
    #expect(watch.problem == nil)
  }

  @Test mutating func aTaskRunsOnceAtATime() {
    watch.launch(watch.task("t"))
    watch.launch(watch.task("t"))
    watch.run("t")
    watch.run("t")
    #expect(watch.problem?.contains("runs twice at the same time") == true)
  }

  @Test mutating func aTaskRunsAsOftenAsItWasLaunched() {
    watch.launch(watch.task("t"))
    watch.run("t")
    watch.end("t")
    watch.run("t")
    #expect(watch.problem?.contains("started more often than it was launched") == true)
  }

  @Test mutating func nothingIsLaunchedAfterItsEnd() {
    watch.launch(watch.task("t"))
    watch.report(watch.status("t", .killed, 1))
    watch.run("t")
    #expect(watch.problem?.contains("launched after its agent had reported the end") == true)
  }

  @Test mutating func whatRunsFitsTheMachine() {
    watch.launch(watch.task("t", "cpus:3;mem:128"))
    watch.run("t")
    #expect(watch.problem == nil)
    watch.launch(watch.task("u", "cpus:1.5;mem:128"))
    watch.run("u")
    #expect(watch.problem?.contains("of an agent with") == true)
  }

  @Test(arguments: [true, false])
  mutating func whatIsShutDownHoldsNothing(runsBefore: Bool) {
    watch.launch(watch.task("t", "cpus:3;mem:128"))
    if runsBefore { watch.run("t") }
    watch.say(.masterMessage(.shutdownFramework(watch.frameworkID)), watch.master, watch.agent)
    if !runsBefore { watch.run("t") }
    watch.launch(watch.task("u", "cpus:3;mem:128"))
    watch.run("u")
    #expect(watch.problem == nil)
    watch.end("t")
    watch.launch(watch.task("v", "cpus:3;mem:128"))
    watch.run("v")
    #expect(watch.problem?.contains("of an agent with") == true)
  }

  @Test mutating func anExecutorIsSentATaskOnce() {
    let executor = NodeID(index: 9)
    watch.checks.added(executor, .executor, isScripted: false)
    watch.checks.addedExecutor(executor, of: watch.frameworkID, on: watch.agent)
    watch.launch(watch.task("t"))
    watch.say(.executorEvent(.launch(watch.task("t"))), watch.agent, executor)
    #expect(watch.checks.runs[0].agent == watch.agent)
    watch.checks.wentDown(executor)
    #expect(watch.checks.runs[0].agent == nil)
    #expect(watch.problem == nil)
    watch.say(.executorEvent(.launch(watch.task("t"))), watch.agent, executor)
    #expect(watch.problem?.contains("started more often than it was launched") == true)
  }
}

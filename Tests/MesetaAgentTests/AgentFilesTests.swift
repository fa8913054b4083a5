// Stories of operators who look into sandboxes, and of peers that say what they may not.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct AgentFilesTests {
  var story = AgentStory.registered()
  let session = SessionID(70)

  private mutating func ask(_ call: OperatorCall) -> [AgentEffect] {
    _ = story.take()
    story.give(.opened(session, Peer(.operator, address: "shell")))
    story.give(.received(session, RequestID(5), .operatorCall(call, request: 1)))
    return story.take()
  }

  private mutating func run(_ id: TaskID) -> String {
    story.tell(.runTask(.test(), .command(id)))
    return story.sink.launches[id.value] ?? ""
  }

  private func root(_ task: TaskID, _ container: String) -> String {
    "/srv/slaves/S0/frameworks/F/executors/\(task)/runs/\(container)"
  }

  @Test mutating func theSandboxOfARunningTaskIsFound() {
    let id = run("t")
    let root = root("t", id)
    let virtual = "/frameworks/F/executors/t/runs/latest"
    #expect(ask(.listFiles(path: virtual)) == [.listFiles(RequestID(5), path: "", root: root)])
    #expect(ask(.listFiles(path: virtual + "/a/b")) == [.listFiles(RequestID(5), path: "a/b", root: root)])
    #expect(ask(.listFiles(path: root)) == [.listFiles(RequestID(5), path: "", root: root)])
    #expect(
      ask(.listFiles(path: "/frameworks/F/executors/t/runs/\(id)/x")) == [
        .listFiles(RequestID(5), path: "x", root: root)
      ])
    #expect(
      ask(.readFile(path: virtual + "/stdout", offset: 7, length: 9)) == [
        .readFile(RequestID(5), path: "stdout", offset: 7, length: 9, root: root)
      ])
    // What leads out is the host's to refuse, with the sandbox as its bounds.
    #expect(
      ask(.readFile(path: virtual + "/../../../x", offset: 0, length: nil)) == [
        .readFile(RequestID(5), path: "../../../x", offset: 0, length: nil, root: root)
      ])
  }

  @Test mutating func theSandboxOfATaskThatEndedIsFoundForAWhile() {
    story = AgentStory.registered { $0.maxCompletedExecutorsPerFramework = 3 }
    var containers: [String] = []
    for number in 0..<5 {
      let id = run(TaskID("t\(number % 2)"))
      story.give(.local(.container(.exited(containerID: id, .exited(0)))))
      _ = story.drainUpdates()
      containers.append(id)
    }
    #expect(
      ask(.listFiles(path: "/frameworks/F/executors/t0/runs/latest")) == [
        .listFiles(RequestID(5), path: "", root: root("t0", containers[4]))
      ])
    #expect(
      ask(.listFiles(path: root("t0", containers[2]))) == [
        .listFiles(RequestID(5), path: "", root: root("t0", containers[2]))
      ])
    #expect(ask(.listFiles(path: root("t1", containers[1]))).first?.error?.code == .notFound)
    #expect(ask(.listFiles(path: root("t1", containers[2]))).first?.error?.code == .notFound)
  }

  @Test mutating func theSandboxOfAnExecutorIsFound() {
    let executor = ExecutorInfo(id: "e", command: .shell("run"))
    story.tell(.runTask(.test(), .custom("t", under: executor)))
    let id = story.sink.launches["e"] ?? ""
    #expect(
      ask(.listFiles(path: "/frameworks/F/executors/e/runs/latest/")) == [
        .listFiles(RequestID(5), path: "", root: root("e", id))
      ])
  }

  @Test(arguments: [
    "", "/", "/etc/passwd", "relative", "/frameworks", "/frameworks/F/executors/t/runs",
    "/frameworks/F/executors/x/runs/latest",
    "/frameworks/G/executors/t/runs/latest", "/frameworks/../executors/t/runs/latest", "/slave/log",
    "/srv/slaves/S1/frameworks/F/executors/t/runs/latest", "/frameworks/F/executors/t/runs/..",
    "/frameworks/F/executors/t/runs/unknown/file",
  ])
  mutating func anythingElseIsNotThere(path: String) {
    _ = run("t")
    let error = ask(.readFile(path: path, offset: 0, length: nil)).first?.error
    #expect(error?.code == .notFound)
    #expect(error?.message.contains(path) == true)
  }

  @Test mutating func callsForTheMasterAreNotForAnAgent() {
    #expect(ask(.getTasks).first?.error?.code == .notImplemented)
    #expect(ask(.teardown("F")).first?.error?.message.contains("TEARDOWN") == true)
  }

  // MARK: Peers that are not what they say

  @Test(
    arguments: [
      (.framework, .schedulerCall(SchedulerCall(frameworkID: nil, .teardown), request: 1)),
      (.framework, .operatorCall(.listFiles(path: "/"), request: 1)),
      (.executor, .operatorCall(.readFile(path: "/x", offset: 0, length: nil), request: 1)),
      (.operator, .masterMessage(.runTask(.test(), .command("x")))),
      (.executor, .masterMessage(.shutdown("now"))), (.executor, .agentMessage(.pong)),
      (.operator, .executorCall(ExecutorCall(frameworkID: "F", executorID: "e", .heartbeat), request: 1)),
      (.agent, .masterMessage(.ping(isConnected: true))), (.operator, .schedulerEvent(.heartbeat)),
    ] as [(PeerRole, Message)])
  mutating func aMessageThatThePeerMayNotSendEndsItsSessionAlone(role: PeerRole, message: Message) {
    story.give(.opened(session, Peer(role, address: "x")))
    story.give(.received(session, .none, message))
    let effects = story.take()
    #expect(effects.count == 2)
    #expect(effects.first?.error?.code == .badRequest)
    #expect(effects.last == .close(session))
    story.give(.received(session, RequestID(3), message))
    #expect(story.take().allSatisfy { $0.error?.code == .unavailable })
    story.tell(.runTask(.test(), .command("t")))
    #expect(story.takeUpdates().map(\.state) == [.starting])
  }

  @Test mutating func aFrameworkThatAsksForFilesIsToldToComeAsAnOperator() {
    story.give(.opened(session, Peer(.framework, address: "x")))
    let call = OperatorCall.readFile(
      path: "/frameworks/F/executors/t/runs/latest/stdout", offset: 0, length: 9)
    story.give(.received(session, RequestID(5), .operatorCall(call, request: 1)))
    let reason =
      "a peer that connected as framework must not send the operator call READ_FILE to an agent, "
      + "which takes operator calls from operators and executor calls from executors"
    #expect(
      story.take() == [.respond(RequestID(5), .failed(CallError(.badRequest, reason))), .close(session)])
    #expect(ask(.getTasks).first?.error?.code == .notImplemented)  // an operator is answered
  }

  @Test mutating func aHeartbeatSaysNothing() {
    story.give(.opened(session, Peer(.operator, address: "x")))
    story.give(.received(session, .none, .heartbeat))
    story.give(.received(AgentStory.master, .none, .heartbeat))
    #expect(story.take().isEmpty)
  }

  @Test mutating func aMasterThatNobodyAskedForIsSentAway() {
    story.give(.opened(session, Peer(.master, address: "other")))
    #expect(story.take() == [.close(session)])
    story.tell(.ping(isConnected: true))
    #expect(story.takeSent() == [.pong])
  }
}

// Fetches what tasks write from the agents that they run on, and prints it.

import Foundation
import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaService

/// Follows the `stdout` and `stderr` of tasks: while they run, and to the end once they are over.
actor TaskOutput {
  private struct Followed {
    var name: String
    var agentID: AgentID
    var directory: String
    var isOver = false
    var streams = [Stream(file: "stdout"), Stream(file: "stderr")]
  }

  private struct Stream {
    var file: String
    var offset: UInt64 = 0
    /// What came after the last line break, where lines get a prefix.
    var unfinished: [UInt8] = []
  }

  private let master: MesetaService.MasterAddress
  private let isPrefixed: Bool
  private var followed: [TaskID: Followed] = [:]
  private var agents: [AgentID: OperatorClient] = [:]
  private var poller: Task<Void, Never>?

  init(master: MesetaService.MasterAddress, prefixed: Bool) {
    self.master = master
    self.isPrefixed = prefixed
  }

  /// Takes note of a step in a task's life.
  func follow(_ transition: BatchScheduler.Transition, name: String, frameworkID: FrameworkID?) async {
    guard let taskID = transition.taskID, let agentID = transition.agentID,
      let executorID = transition.executorID, let frameworkID
    else { return }
    switch transition.kind {
    case .launched: break
    case .running:
      followed[taskID] = Followed(
        name: name, agentID: agentID,
        directory: "/frameworks/\(frameworkID)/executors/\(executorID)/runs/latest")
      if poller == nil { poller = Task { await self.poll() } }
    case .finished, .failed, .cancelled, .retrying:
      guard followed[taskID] != nil else { return }
      await read(taskID)
      flush(taskID)
      followed[taskID] = nil
    }
  }

  /// Everything is over.
  func finish() {
    poller?.cancel()
    poller = nil
  }

  private func poll() async {
    while !Task.isCancelled {
      for taskID in followed.keys.sorted().prefix(32) { await read(taskID) }
      try? await Task.sleep(for: .milliseconds(250))
    }
  }

  /// Prints what is new. What cannot be read now is tried again later; the tasks do not depend on it.
  private func read(_ taskID: TaskID) async {
    guard let task = followed[taskID], let agent = await client(of: task.agentID) else { return }
    for index in task.streams.indices {
      while let stream = followed[taskID]?.streams[index] {
        let call = OperatorCall.readFile(
          path: "\(task.directory)/\(stream.file)", offset: stream.offset, length: nil)
        guard case .file(_, let data)? = try? await agent.ask(call), !data.isEmpty else { break }
        // The poller may have read it meanwhile.
        guard followed[taskID]?.streams[index].offset == stream.offset else { break }
        followed[taskID]?.streams[index].offset += UInt64(data.count)
        print(data, of: taskID, index)
      }
    }
  }

  private func print(_ data: [UInt8], of taskID: TaskID, _ index: Int) {
    guard isPrefixed else {
      write(data, index)
      return
    }
    guard var task = followed[taskID] else { return }
    var text = task.streams[index].unfinished + data
    while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
      write(Array("\(task.name) | ".utf8) + text[...end], index)
      text.removeSubrange(...end)
    }
    task.streams[index].unfinished = text
    followed[taskID] = task
  }

  private func flush(_ taskID: TaskID) {
    guard let task = followed[taskID] else { return }
    for (index, stream) in task.streams.enumerated() where !stream.unfinished.isEmpty {
      write(Array("\(task.name) | ".utf8) + stream.unfinished + [UInt8(ascii: "\n")], index)
    }
  }

  private func write(_ bytes: [UInt8], _ index: Int) {
    (index == 0 ? FileHandle.standardOutput : FileHandle.standardError).write(Data(bytes))
  }

  private func client(of agentID: AgentID) async -> OperatorClient? {
    if let known = agents[agentID] { return known }
    guard case .agents(let described, _)? = try? await OperatorClient.ask(.getAgents, at: master),
      let address = described.first(where: { $0.info.id == agentID })?.nativeAddress,
      let hostPort = try? HostPort(parsing: address, defaultPort: NativePort.agent)
    else { return nil }
    let client = OperatorClient(hostPort)
    agents[agentID] = client
    return client
  }
}

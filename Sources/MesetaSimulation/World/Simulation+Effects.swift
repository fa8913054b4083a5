// What machines ask for, done in the simulated world.

import MesetaAgent
import MesetaFramework
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Simulation {
  mutating func perform(_ effect: consuming Effect, of id: NodeID) {
    switch consume effect {
    case .send(let message, let session): send(message, from: id, on: session)
    case .respond(let request, let outcome): respond(request, outcome, from: id)
    case .close(let session, let reason): close(session, from: id, reason: reason)
    case .log(let level, let text):
      trace.add(now, id, .log(level, text))
      observe?(now, .log(id, level, text))
    case .connect: connect(id)
    case .store(let token, let operation): write(id, token, .registry(operation))
    case .checkpoint(let token, let checkpoint): write(id, token, .checkpoint(checkpoint))
    case .record(let records, let token): record(id, records, token)
    case .launch(let launch): self.launch(launch, on: id)
    case .kill(let container, let grace): kill(container, grace: grace, on: id)
    case .forget(let container): forget(container, on: id)
    case .measureUsage(let containerIDs): measure(containerIDs, on: id)
    case .measureDisk, .removeSandboxes: break  // A simulated agent has no files.
    case .listFiles(let request, _, _), .readFile(let request, _, _, _, _):
      respond(request, .failed(CallError(.notFound, "a simulated agent has no files")), from: id)
    case .persist(let record):
      nodes[id.index].disk.record = record
      checks.persisted(id)
    case .report(let text): note(id, .reports(text))
    case .finished(let reason):
      note(id, "has finished: \(reason.text)")
      nodes[id.index].isUp = false
      nodes[id.index].hasFinished = true
    case .exit: exit(id)
    }
  }

  /// A machine has nothing more to do. Where it is an executor, its container ends with it.
  private mutating func exit(_ id: NodeID) {
    note(id, "exits")
    checks.exited(id)
    finishWrites(of: id)
    takeDown(id)
    closeSessions(of: id, after: faults.delay, "the peer has exited")
    if nodes[id.index].role == .master { leaderIsGone(id) }
    if nodes[id.index].role == .executor { endContainer(ofExecutor: id, .exited(0)) }
  }

  /// Something happens that often does: it becomes text only where somebody reads it.
  mutating func note(_ id: NodeID, _ happening: Happening) {
    trace.add(now, id, happening)
    if let observe { observe(now, .happened(id, happening.text([]))) }
  }

  /// Something happens at a node that is no message.
  mutating func note(_ id: NodeID, _ text: String) {
    trace.add(now, id, .other(text))
    observe?(now, .happened(id, text))
  }
}

extension SimulatedContainer {
  var hasEnded: Bool {
    if case .ended = state { true } else { false }
  }
}

extension LogLevel {
  var name: String {
    switch self {
    case .debug: "debug:"
    case .info: "info:"
    case .warning: "warning:"
    case .error: "error:"
    }
  }
}

extension FinishReason {
  var text: String {
    switch self {
    case .stopped: "stopped"
    case .tornDown: "torn down"
    case .failed(let reason): "failed, \(reason)"
    }
  }
}

extension Write {
  var text: String {
    switch self {
    case .registry(.admitAgent(let info)): "registry: admit \(info.id?.value ?? "?")"
    case .registry(.updateAgent(let info)): "registry: update \(info.id?.value ?? "?")"
    case .registry(.markAgentUnreachable(let id, _)): "registry: \(id) is unreachable"
    case .registry(.markAgentReachable(let info)): "registry: \(info.id?.value ?? "?") is reachable"
    case .registry(.removeAgent(let id)): "registry: remove \(id)"
    case .registry(.updateQuotas(let quotas)): "registry: \(quotas.map(\.text).joined(separator: ", "))"
    case .registry(.maintenance(let operation)): "registry: \(operation.text)"
    case .registry(.updateWeights(let weights)): "registry: \(weights.map(\.text).joined(separator: ", "))"
    case .registry(.prune(let unreachable, let gone)):
      "registry: forget \((unreachable + gone).map(\.value).joined(separator: ", "))"
    case .checkpoint(let checkpoint): "checkpoint: \(checkpoint.agentID)"
    }
  }
}

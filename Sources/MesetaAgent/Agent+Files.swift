// What operators ask of the agent: the files of its sandboxes.

package import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// A path as an operator writes it, taken apart.
///
///     /frameworks/<framework>/executors/<executor>/runs/<container, or latest>/<file>
///
/// or the same with the sandbox's real path, which has `<work_dir>/slaves/<agent>` before it.
package struct SandboxPath: Hashable, Sendable {
  package let frameworkID: FrameworkID
  package let executorID: ExecutorID
  /// Nil for the latest run.
  package let containerID: String?
  /// What follows the run, without a leading slash; as it came, so that it has to be confined.
  package let file: String

  /// Nil if the path does not lead to a run.
  package init?(_ path: String, below agentDirectory: String) {
    var rest = path[...]
    if rest.hasPrefix(agentDirectory + "/") { rest = rest.dropFirst(agentDirectory.utf8.count) }
    let parts = rest.split(separator: "/", maxSplits: 6, omittingEmptySubsequences: true)
    guard parts.count >= 6, parts[0] == "frameworks", parts[2] == "executors", parts[4] == "runs" else {
      return nil
    }
    self.frameworkID = FrameworkID(String(parts[1]))
    self.executorID = ExecutorID(String(parts[3]))
    self.containerID = parts[5] == "latest" ? nil : String(parts[5])
    self.file = parts.count > 6 ? String(parts[6]) : ""
  }
}

extension Agent {
  mutating func receive<E: AgentEffects>(
    _ call: OperatorCall, _ request: RequestID, from session: SessionID, _ effects: inout E
  ) {
    switch call {
    case .listFiles(let path):
      resolve(path, request, session, &effects) { place, effects in
        effects.listFiles(request, path: place.file, root: place.root)
      }
    case .readFile(let path, let offset, let length):
      resolve(path, request, session, &effects) { place, effects in
        effects.readFile(request, path: place.file, offset: offset, length: length, root: place.root)
      }
    default:
      let error = CallError(.notImplemented, "\(call.name) is answered by the master, not by an agent")
      answer(request, session, .failed(error), &effects)
    }
  }

  /// Finds the sandbox that a path leads to, or answers that it does not.
  private mutating func resolve<E: AgentEffects>(
    _ path: String, _ request: RequestID, _ session: SessionID, _ effects: inout E,
    then read: ((root: String, file: String), inout E) -> Void
  ) {
    let principal = sessions[session]?.peer.principal
    switch find(path, for: principal) {
    case .success(let place): if request != .none { read(place, &effects) }
    case .failure(let error): answer(request, session, .failed(error), &effects)
    }
  }

  private mutating func find(
    _ path: String, for principal: Principal?
  ) -> Result<(root: String, file: String), CallError> {
    func missing(_ what: String) -> CallError { CallError(.notFound, "\(path.debugDescription): \(what)") }
    guard let agentID = info.id else { return .failure(missing("the agent is not registered yet")) }
    guard let place = SandboxPath(path, below: "\(layout.workDirectory)/slaves/\(agentID)") else {
      return .failure(
        missing(
          "there is no such file; sandboxes are at /frameworks/FRAMEWORK/executors/EXECUTOR/runs/latest"))
    }
    guard let key = frameworks.find(place.frameworkID), let framework = frameworks[key],
      let user = framework.info?.user
    else {
      return .failure(missing("framework \(place.frameworkID) has run nothing on this agent lately"))
    }
    guard configuration.authorizer.isAllowed(principal, .accessSandbox, on: .user(user)) else {
      return .failure(
        CallError(
          .forbidden,
          "\(principal?.name ?? "an anonymous operator") may not see sandboxes of framework \(framework.id)"))
    }
    guard let container = run(place, key, framework) else {
      return .failure(
        missing(
          "executor \(place.executorID) has had no such run lately; try runs/latest, or look on the agent "
            + "that the task ran on"))
    }
    do throws(UnsafePathComponent) {
      let root = try layout.sandbox(
        agentID: agentID.value, frameworkID: place.frameworkID.value, executorID: place.executorID.value,
        containerID: container)
      return .success((root, place.file))
    } catch {
      return .failure(missing(error.description))
    }
  }

  /// The container of a run that goes on or has ended.
  private func run(
    _ place: SandboxPath, _ key: FrameworkTable.Key, _ framework: AgentFramework
  ) -> String? {
    let name = ExecutorName(place.frameworkID, place.executorID)
    let command = tasks.find(TaskID(place.executorID.value), of: key)
    let present =
      executors.find(name).flatMap { executors[$0]?.containerID }
      ?? command.flatMap { tasks[$0]?.command?.containerID }
    guard let wanted = place.containerID else {
      return present ?? framework.completed.latest(of: place.executorID)
    }
    if wanted == present { return wanted }
    return framework.completed.contains(place.executorID, containerID: wanted) ? wanted : nil
  }
}

// Effects as a recording knows them.

import MesetaRecording
import MesetaRuntime

extension Effect {
  /// The effect, if it is one of a master or an agent that is recorded.
  var recorded: RecordedEffect? {
    switch self {
    case .send(let message, let session): .send(message, session)
    case .respond(let request, let outcome): .respond(request, outcome)
    case .close(let session, let reason): .close(session, reason: reason)
    case .log(let level, let text): level > .debug ? .log(level, text) : nil
    case .connect: .connect
    case .store(let token, let operation): .store(token, operation)
    case .checkpoint(let token, let checkpoint): .checkpoint(token, checkpoint)
    case .record(let records, let token): .record(records, synchronized: token)
    case .launch(let container): .launch(container)
    case .kill(let id, let grace): .kill(containerID: id, grace: grace)
    case .forget(let id): .forget(containerID: id)
    case .measureUsage(let ids): .measureUsage(ids)
    case .measureDisk(let listsSandboxes): .measureDisk(listsSandboxes: listsSandboxes)
    case .removeSandboxes(let paths): .removeSandboxes(paths)
    case .listFiles(let request, let path, let root): .listFiles(request, path: path, root: root)
    case .readFile(let request, let path, let offset, let length, let root):
      .readFile(request, path: path, offset: offset, length: length, root: root)
    case .exit: .exit
    case .persist, .report, .finished: nil
    }
  }
}

// What a recording tells, as people read it.

import MesetaAgent
import MesetaMaster
import MesetaProtocol
package import MesetaRecording
package import MesetaRuntime

extension NodeInput {
  /// The input on one line.
  package var text: String {
    switch self {
    case .opened(let session, let peer): "\(session) opened by \(peer.role) \(peer.address)"
    case .connectFailed(let reason): "connect failed: \(reason)"
    case .received(let session, _, let message): "\(session) \(message.text)"
    case .closed(let session, let reason): "\(session) closed: \(reason)"
    case .local(let local): "\(local)"
    case .wake: "wake"
    case .endOfBatch: "end of batch"
    }
  }
}

extension RecordedEffect {
  /// The effect on one line.
  package var text: String {
    switch self {
    case .send(let message, let session): "\(session) \(message.text)"
    case .respond(let request, .accepted): "respond \(request.number) accepted"
    case .respond(let request, .response(let response)): "respond \(request.number) \(response.text)"
    case .respond(let request, .failed(let error)):
      "respond \(request.number) failed \(error.code.rawValue) \"\(error.message)\""
    case .close(let session, let reason): "\(session) close \"\(reason)\""
    case .log(let level, let text): "log \(level) \(text)"
    case .connect: "connect"
    case .store(let token, let operation): "store \(token.number) \(operation)"
    case .checkpoint(let token, _): "checkpoint \(token.number)"
    case .record(let records, _): "record \(records.count) changes"
    case .launch(let launch): "launch container \(launch.containerID)"
    case .kill(let container, let grace): "kill container \(container) within \(grace)"
    case .forget(let container): "forget container \(container)"
    case .measureUsage(let containers): "measure \(containers.count) containers"
    case .measureDisk: "measure the disk"
    case .removeSandboxes(let paths): "remove \(paths.count) sandboxes"
    case .listFiles(_, let path, let root): "list \(path) below \(root)"
    case .readFile(_, let path, _, _, let root): "read \(path) below \(root)"
    case .exit: "exit"
    }
  }
}

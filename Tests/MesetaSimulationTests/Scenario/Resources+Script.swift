// Resources as a script writes them: Mesos's text, with reservations and volumes besides.

import MesetaModel

extension Resources {
  /// `cpus:1;cpus(web):1` as Mesos has it, and before the colon:
  ///
  /// - `@web` for a dynamic reservation, `@eng@eng/ci` for one that refines another; `@web~alice` by a principal;
  /// - `[v1:data]` for a volume with the id `v1` that tasks find at `data`; `<v1:data>` for a shared one; `[v1:data~alice]`;
  /// - `[mount=/mnt/a]`, `[path=/mnt/a]` for another disk, `[mount=/mnt/a,v1:data]` for a volume on it.
  init(script text: String) throws {
    self.init()
    for part in text.split(separator: ";") { add(try Resource(script: String(part))) }
  }
}

extension Resource {
  fileprivate init(script part: String) throws {
    guard let colon = part.lastIndex(of: ":") else { throw ScriptError("\"\(part)\" has no amount") }
    var head = String(part[..<colon])
    var disk: DiskInfo?
    var isShared = false
    if let last = head.last, "]>".contains(last), let open = head.lastIndex(where: { "[<".contains($0) }) {
      isShared = last == ">"
      disk = try DiskInfo(script: String(head[head.index(after: open)...].dropLast()))
      head = String(head[..<open])
    }
    var stack = head.split(separator: "@").map(String.init)
    let plain = try Resources(parsing: stack.removeFirst() + part[colon...])
    guard var resource = plain.first else { throw ScriptError("\"\(part)\" is nothing") }
    for text in stack {
      let (role, principal) = text.principal
      resource = resource.reserved(Reservation(.dynamic, role: role, principal: principal))
    }
    var traits = resource.traits
    traits.disk = disk
    traits.isShared = isShared
    resource.traits = traits
    self = resource
  }
}

extension DiskInfo {
  fileprivate init(script text: String) throws {
    self.init()
    for part in text.split(separator: ",").map(String.init) {
      if part.hasPrefix("mount=") {
        source = Source(.mount, root: String(part.dropFirst(6)))
      } else if part.hasPrefix("path=") {
        source = Source(.path, root: String(part.dropFirst(5)))
      } else {
        let (names, principal) = part.principal
        guard let colon = names.firstIndex(of: ":") else { throw ScriptError("\"\(part)\" has no path") }
        persistence = Persistence(id: String(names[..<colon]), principal: principal)
        volume = Volume(String(names[names.index(after: colon)...]))
      }
    }
  }
}

extension String {
  /// What stands before `~`, and the principal behind it.
  fileprivate var principal: (String, String?) {
    guard let tilde = firstIndex(of: "~") else { return (self, nil) }
    return (String(self[..<tilde]), String(self[index(after: tilde)...]))
  }
}

import Glibc
public import MesetaModel

/// What schedulers may choose a machine by, as far as it says so itself.
public enum MachineAttributes {
  /// `os`, `arch` and `kernel` of this machine, such as `os:linux;arch:x86_64;kernel:6.1.0`.
  public static func detect() -> [Attribute] {
    var system = utsname()
    guard uname(&system) == 0 else { return [] }
    return [
      Attribute("os", .text(text(of: system.sysname).lowercased())),
      Attribute("arch", .text(text(of: system.machine))),
      Attribute("kernel", .text(text(of: system.release))),
    ]
  }

  /// Completes what the operator says with what is found: names that are there are left as they are.
  public static func complete(_ given: [Attribute]) -> [Attribute] {
    given + detect().filter { found in !given.contains { $0.name == found.name } }
  }

  /// The text in a C array of characters, which Swift sees as a tuple.
  private static func text<Characters>(of characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

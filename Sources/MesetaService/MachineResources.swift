import Glibc
public import MesetaModel

/// What the machine has, as Mesos's agent finds it: all processors, and memory and disk less a part for the system.
public enum MachineResources {
  /// The ports that tasks may be given where the operator says nothing else.
  public static let defaultPorts = Ranges([31000...32000])

  /// The resources of this machine, with the disk of `workDirectory`. What cannot be found out is left out.
  public static func detect(workDirectory: String) -> Resources {
    var resources = Resources()
    let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    if processors > 0 { resources.add(Resource("cpus", .scalar(Scalar(processors)))) }
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let pageSize = sysconf(Int32(_SC_PAGESIZE))
    if pages > 0, pageSize > 0 {
      resources.add(Resource("mem", .scalar(Scalar(share(ofMegabytes: pages / 1024 * pageSize / 1024)))))
    }
    var disk = statvfs()
    if statvfs(workDirectory, &disk) == 0 {
      let megabytes = Int(clamping: disk.f_blocks / 1024 * disk.f_frsize / 1024)
      resources.add(
        Resource("disk", .scalar(Scalar(min(share(ofMegabytes: megabytes, reserve: 5120), 9_000_000_000)))))
    }
    resources.add(Resource("ports", .ranges(defaultPorts)))
    return resources
  }

  /// Completes what the operator says with what is found: kinds that are named are taken as they are.
  public static func complete(_ given: Resources, workDirectory: String) -> Resources {
    var resources = given
    for found in detect(workDirectory: workDirectory) where !given.contains(where: { $0.name == found.name })
    {
      resources.add(found)
    }
    return resources
  }

  /// Leaves `reserve` megabytes for the system, or half where there is less than twice that.
  private static func share(ofMegabytes total: Int, reserve: Int = 1024) -> Int {
    total > 2 * reserve ? total - reserve : total / 2
  }

  /// The first address of version 4 of a name; nil if it has none.
  public static func ip(of hostname: String) -> String? {
    var hints = addrinfo()
    hints.ai_family = AF_INET
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(hostname, nil, &hints, &found) == 0, let first = found?.pointee else { return nil }
    defer { freeaddrinfo(found) }
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    guard
      getnameinfo(first.ai_addr, first.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
    else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The machine's name.
  public static var hostname: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

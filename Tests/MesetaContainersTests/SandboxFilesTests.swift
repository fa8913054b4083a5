// Files of a sandbox are listed and read, and no path leads out of it.

import Glibc
import MesetaContainers
import Testing

/// A sandbox with a file beside it that nobody may see.
private final class Sandbox {
  let directory: String
  private let files: SandboxFiles
  var root: String { "\(directory)/sandbox" }

  init() throws {
    directory = try makeTemporaryDirectory()
    try makePath("\(directory)/sandbox/sub")
    try write("secret", to: "\(directory)/secret")
    try write("0123456789", to: "\(directory)/sandbox/stdout")
    try write("deep", to: "\(directory)/sandbox/sub/file")
    files = try SandboxFiles(root: "\(directory)/sandbox")
  }

  deinit { removeTree(directory) }

  // These keep the sandbox alive while they look at it.
  func list(_ path: String) throws(SandboxFileError) -> [SandboxFileInfo] { try files.list(path) }

  func read(
    _ path: String, offset: UInt64 = 0, length: UInt64? = nil
  ) throws(SandboxFileError) -> (size: UInt64, data: [UInt8]) {
    try files.read(path, offset: offset, length: length)
  }
}

@Suite struct SandboxFilesTests {
  @Test func aDirectoryIsListedByPath() throws {
    let sandbox = try Sandbox()
    symlink("/etc/passwd", "\(sandbox.root)/link")
    let files = try sandbox.list("")
    #expect(files.map(\.path) == ["link", "stdout", "sub"])
    #expect(files[0].mode & S_IFMT == S_IFLNK, "a link is listed as itself")
    #expect(files[1].mode & S_IFMT == S_IFREG)
    #expect(files[1].size == 10)
    #expect(files[1].linkCount == 1)
    #expect(files[1].modified > 1_600_000_000_000_000_000)
    #expect(files[1].owner == String(cString: getpwuid(geteuid()).pointee.pw_name))
    #expect(files[2].mode & S_IFMT == S_IFDIR)
    #expect(try sandbox.list("/").map(\.path) == ["/link", "/stdout", "/sub"])
    #expect(try sandbox.list("/sub/").map(\.path) == ["/sub/file"])
    #expect(try sandbox.list("sub").map(\.path) == ["sub/file"])
  }

  @Test(
    arguments: [
      (0, nil, "0123456789"), (3, nil, "3456789"), (3, 4, "3456"), (9, 100, "9"), (10, 1, ""),
      (.max, .max, ""),
      (0, 0, ""),
    ] as [(UInt64, UInt64?, String)])
  func aPieceOfAFileIsRead(offset: UInt64, length: UInt64?, expected: String) throws {
    let (size, data) = try Sandbox().read("stdout", offset: offset, length: length)
    #expect(size == 10)
    #expect(String(decoding: data, as: UTF8.self) == expected)
  }

  @Test func aReadReturnsNoMoreThanAllowed() throws {
    let sandbox = try Sandbox()
    try write(String(repeating: "x", count: 100_000), to: "\(sandbox.root)/large")
    let (size, data) = try sandbox.read("large", offset: 10, length: .max)
    #expect(size == 100_000)
    #expect(data.count == SandboxFiles.maximumLength)
    #expect(try sandbox.read("large", offset: 99_990).data.count == 10)
  }

  @Test(arguments: [
    "/etc/passwd", "../secret", "sub/../../secret", "absolute", "relative", "folder/passwd",
    "process/root/etc/passwd",
    "loop", "missing", "stdout/more", "a\0b",
  ])
  func nothingOutsideTheSandboxIsRead(path: String) throws {
    let sandbox = try Sandbox()
    symlink("/etc/passwd", "\(sandbox.root)/absolute")
    symlink("../secret", "\(sandbox.root)/relative")
    symlink("/etc", "\(sandbox.root)/folder")
    symlink("/proc/self", "\(sandbox.root)/process")
    symlink("loop", "\(sandbox.root)/loop")
    #expect(throws: SandboxFileError.notFound(path: path)) { try sandbox.read(path) }
  }

  @Test(arguments: ["..", "../", "sub/../..", "folder", "/.."])
  func nothingOutsideTheSandboxIsListed(path: String) throws {
    let sandbox = try Sandbox()
    symlink("/etc", "\(sandbox.root)/folder")
    #expect(throws: SandboxFileError.notFound(path: path)) { try sandbox.list(path) }
  }

  @Test func linksAndDotsWithinTheSandboxWork() throws {
    let sandbox = try Sandbox()
    symlink("sub/file", "\(sandbox.root)/link")
    #expect(try sandbox.read("link").data == Array("deep".utf8))
    #expect(try sandbox.read("sub/../sub/./file").data == Array("deep".utf8))
  }

  @Test func onlyRegularFilesAreRead() throws {
    let sandbox = try Sandbox()
    mkfifo("\(sandbox.root)/queue", 0o600)
    for path in ["queue", "sub", ""] {
      #expect(throws: SandboxFileError.wrongType(path: path, wanted: "regular file")) {
        try sandbox.read(path)
      }
    }
    #expect(throws: SandboxFileError.wrongType(path: "stdout", wanted: "directory")) {
      try sandbox.list("stdout")
    }
  }

  @Test func aMissingSandboxIsNamed() {
    let error = #expect(throws: SystemError.self) { try SandboxFiles(root: "/no/such") }
    #expect(error?.description == "cannot open the sandbox \"/no/such\": No such file or directory")
  }
}

// Dead files: code that no target compiles, and files with nothing in them.

/// The folders whose subfolders are targets, the manifest that declares them, and how deep they are.
private let layout: [(folder: [Substring], manifest: String)] = [
  (["Sources"], "Package.swift"), (["Tests"], "Package.swift"), (["Examples"], "Package.swift"),
  (["Benchmarks", "Sources"], "Benchmarks/Package.swift"),
  (["Benchmarks", "Tests"], "Benchmarks/Package.swift"),
  (["Benchmarks", "Benchmarks"], "Benchmarks/Package.swift"),
]

/// Swift and C files outside every target that a manifest declares.
func filesOutsideTargets(_ files: [TextFile]) -> [Finding] {
  files.compactMap { file in
    guard ["swift", "c", "h"].contains(file.fileExtension), !isManifest(file.path) else { return nil }
    let components = file.components
    // A script may compile a file of its own, as a fuzzer's.
    if components.first == "scripts",
      files.contains(where: { $0.fileExtension == "sh" && $0.text.contains(file.path) })
    {
      return nil
    }
    guard let place = layout.first(where: { components.starts(with: $0.folder) }),
      components.count > place.folder.count + 1
    else {
      return Finding(
        file: file.path, line: 1,
        message: "no target holds this file: move it to Sources/, Tests/ or Examples/TARGET/, or remove it")
    }
    let target = String(components[place.folder.count])
    let manifest = files.first { $0.path == place.manifest }?.text ?? ""
    if declares(target, manifest) { return nil }
    return Finding(
      file: file.path, line: 1,
      message: "\(place.manifest) declares no target \(target): declare it there, or remove the file")
  }
}

private func isManifest(_ path: String) -> Bool {
  path == "Package.swift" || path == "Benchmarks/Package.swift"
}

/// The manifest names the target, or names the room that it tests with `tests(of:)`.
private func declares(_ target: String, _ manifest: String) -> Bool {
  if manifest.contains("\"\(target)\"") { return true }
  return target.hasSuffix("Tests") && manifest.contains("of: \"\(target.dropLast("Tests".count))\"")
}

/// Files without contents, and source files with comments only.
func emptyFiles(_ files: [TextFile]) -> [Finding] {
  files.compactMap { file in
    guard file.name != ".gitkeep" else { return nil }
    if file.code.code.contains(where: { !$0.isBlank }) { return nil }
    return Finding(file: file.path, line: 1, message: "the file has nothing in it: remove it")
  }
}

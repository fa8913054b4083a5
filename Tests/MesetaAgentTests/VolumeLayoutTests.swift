import MesetaAgent
import MesetaModel
import Testing

@Suite struct VolumeLayoutTests {
  private let layout = VolumeLayout(workDirectory: "/var/meseta/")

  private func volume(_ id: String, role: String, on source: DiskInfo.Source? = nil) -> Resource {
    Resource(
      "disk", .scalar(Scalar(10)),
      traits: ResourceTraits(
        reservations: [Reservation(.dynamic, role: role)], disk: source.map { DiskInfo(source: $0) })
    )
    .volume(DiskInfo.Persistence(id: id), at: DiskInfo.Volume("data"))
  }

  @Test func volumesAreBelowTheirRole() throws {
    #expect(try layout.directory(of: volume("v", role: "web")).path == "/var/meseta/volumes/roles/web/v")
    #expect(
      try layout.directory(of: volume("v", role: "eng/ci")).path == "/var/meseta/volumes/roles/eng ci/v",
      "a slash would be a directory more")
  }

  @Test func otherDisksHaveRootsOfTheirOwn() throws {
    let path = try layout.directory(of: volume("v", role: "web", on: .init(.path, root: "/data")))
    #expect(path == VolumeDirectory(path: "/data/volumes/roles/web/v", isMount: false))
    let mount = try layout.directory(of: volume("v", role: "web", on: .init(.mount, root: "disks/a")))
    #expect(mount == VolumeDirectory(path: "/var/meseta/disks/a", isMount: true))
  }

  @Test func namesThatWouldLeadElsewhereAreRefused() {
    for bad in [volume("../v", role: "web"), volume("", role: "web"), volume("v", role: "..")] {
      #expect(throws: UnusableVolume.self) { try layout.directory(of: bad) }
    }
    #expect(throws: UnusableVolume.self) {
      try layout.directory(of: volume("v", role: "web", on: .init(.block)))
    }
    #expect(throws: UnusableVolume.self) { try layout.directory(of: Resource("disk", .scalar(Scalar(1)))) }
  }
}

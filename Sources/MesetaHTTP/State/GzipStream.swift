import CZlib

/// Compresses a document piece by piece.
struct GzipStream: ~Copyable {
  /// Level 1: a level more takes twice the time, and JSON of a cluster is a tenth of its size already.
  private static let level: Int32 = 1
  private static let pieceBytes = 64 << 10

  private let stream: UnsafeMutablePointer<z_stream>
  private var output: [UInt8] = []

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let result = meseta_gzip_begin(stream, Self.level)
    // tidy: zlib fails here only without memory, and Swift's own allocations trap likewise.
    precondition(result == Z_OK, "zlib: \(result)")
  }

  deinit {
    deflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Takes a piece, and gives what is ready of the compressed form, which may be nothing.
  mutating func compress(_ piece: [UInt8]) -> [UInt8] { run(piece, Z_NO_FLUSH) }

  /// The rest.
  mutating func finish() -> [UInt8] { run([], Z_FINISH) }

  private mutating func run(_ input: [UInt8], _ flush: Int32) -> [UInt8] {
    var produced: [UInt8] = []
    var input = input
    input.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      repeat {
        let chunk = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(buffer.count)
          deflate(stream, flush)
          count = buffer.count - Int(stream.pointee.avail_out)
        }
        produced += chunk
      } while stream.pointee.avail_out == 0
    }
    return produced
  }
}

// A document that is written once, for all who asked for it at about the same time.

import MesetaWire
import NIOCore
import Synchronization

/// The pieces of a document, as they are written.
final class Report: Sendable {
  fileprivate struct State: Sendable {
    var pieces: [ByteBuffer] = []
    var bytes = 0
    var isCompressed = false
    var isComplete = false
    /// Why it cannot be read.
    var failure: HTTPRefusal?
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// How many bytes its pieces have so far.
  var bytes: Int { state.withLock { $0.bytes } }

  /// Whether its pieces are compressed. Known once there is a piece.
  var isCompressed: Bool { state.withLock { $0.isCompressed } }

  /// The whole document, if it is short; else the beginning is there.
  ///
  /// - Throws: ``HTTPRefusal`` if it could not be written; `CancellationError` if nobody waits for it any more.
  func whole() async throws -> ByteBuffer? {
    try await untilPiece(1)
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.isComplete && state.pieces.count <= 1 ? state.pieces.first ?? ByteBuffer() : nil
    }
  }

  /// A piece; nil at the end.
  ///
  /// - Throws: ``HTTPRefusal`` if it could not be written, or others need the memory; `CancellationError` if nobody waits for
  ///   it any more.
  func piece(_ index: Int) async throws -> ByteBuffer? {
    try await untilPiece(index)
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return index < state.pieces.count ? state.pieces[index] : nil
    }
  }

  /// Waits until a piece is there, or there will be none. A document may be due in minutes: a server that stops does not wait for
  /// it.
  private func untilPiece(_ index: Int) async throws {
    while !state.withLock({ $0.answers(index) }) {
      try Task.checkCancellation()
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let isOver = state.withLock { state in
            if state.answers(index) || Task.isCancelled { return true }
            state.waiting.append(continuation)
            return false
          }
          if isOver { continuation.resume() }
        }
      } onCancel: {
        // All look again, and go on waiting but for the one.
        resume { _ in }
      }
    }
  }

  // MARK: Writing

  func add(_ piece: [UInt8]) {
    if piece.isEmpty { return }
    let buffer = ByteBuffer(bytes: piece)
    resume { state in
      guard state.failure == nil else { return }
      state.pieces.append(buffer)
      state.bytes += buffer.readableBytes
    }
  }

  func markCompressed() { state.withLock { $0.isCompressed = true } }

  func complete() { resume { $0.isComplete = true } }

  /// Frees its memory; who still reads it is cut off.
  func fail(_ refusal: HTTPRefusal) {
    resume { state in
      state.failure = refusal
      state.pieces = []
      state.bytes = 0
    }
  }

  private func resume(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

extension Report.State {
  /// Whether it is known what there is at an index.
  fileprivate func answers(_ index: Int) -> Bool { isComplete || failure != nil || index < pieces.count }
}

// The system's zlib. What it has as macros, Swift cannot call.
#include <zlib.h>

static inline int meseta_gzip_begin(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

// The scan of untrusted bytes: an explicit stack of messages, one step a field.
//
// It mirrors how libprotobuf-c 1.4 unpacks: what that allocates is added up here, what that refuses is
// refused here with a reason. What it would accept and should not (see the header) is refused too.

#include "meseta_wire_scan.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "meseta_wire_descriptors.h"

// libprotobuf-c keeps the fields of a message it has scanned in slabs: 16 on the stack, then allocated ones of
// 32, 64, ... entries of this many bytes, never freed by an arena.
enum { slab_entry = 32, first_slab = 16 };

// The widest message whose fields the bit set of a frame can hold. The schema's widest has about 60.
enum { max_fields = 256 };

typedef struct {
  const ProtobufCMessageDescriptor *message;
  // Through which field of the frame below.
  const ProtobufCFieldDescriptor *entered_by;
  const uint8_t *end;
  // Which fields were seen, by index.
  uint64_t seen[max_fields / 64];
  size_t members;
  // How many members fit into the slabs so far, and the size of the next.
  size_t slab_room;
  size_t next_slab;
  // The index of the last known field: most often the next is the same or follows.
  unsigned hint;
} frame;

typedef struct {
  const uint8_t *start;
  const uint8_t *at;
  size_t depth;
  size_t max_depth;
  size_t arena_bound;
  meseta_scan_result *result;
  frame frames[MESETA_SCAN_MAX_DEPTH + 1];
} scanner;

// Always false, so that a check can end with `return fail(...)`.
static bool fail(
    scanner *s, meseta_scan_code code, const ProtobufCFieldDescriptor *field, const uint8_t *place) {
  meseta_scan_result *result = s->result;
  result->code = code;
  result->offset = (size_t)(place - s->start);
  result->message = s->frames[s->depth].message;
  result->field = field;
  result->path_length = s->depth;
  for (size_t i = 0; i < s->depth; i++) result->path[i] = s->frames[i + 1].entered_by;
  return false;
}

static bool charge(
    scanner *s, size_t bytes, const ProtobufCFieldDescriptor *field, const uint8_t *place) {
  const size_t mask = MESETA_SCAN_ALIGNMENT - 1;
  // No overflow: `bytes` is a small multiple of the input's length, which is below 2^31.
  s->result->arena_bytes += (bytes + mask) & ~mask;
  if (s->result->arena_bytes <= s->arena_bound) return true;
  return fail(s, MESETA_SCAN_TOO_LARGE, field, place);
}

// Reads a varint of at most `max_bytes`.
static bool read_varint(
    scanner *s, const uint8_t *end, unsigned max_bytes, const ProtobufCFieldDescriptor *field,
    uint64_t *value) {
  const uint8_t *at = s->at;
  uint64_t sum = 0;
  for (unsigned i = 0; i < max_bytes; i++) {
    if (at + i == end) return fail(s, MESETA_SCAN_TRUNCATED, field, s->at);
    sum |= (uint64_t)(at[i] & 0x7F) << (7 * i);
    if (at[i] < 0x80) {
      *value = sum;
      s->at = at + i + 1;
      return true;
    }
  }
  return fail(s, MESETA_SCAN_VARINT_TOO_LONG, field, s->at);
}

static ProtobufCWireType wire_type_of(ProtobufCType type) {
  switch (type) {
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
      return PROTOBUF_C_WIRE_TYPE_32BIT;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      return PROTOBUF_C_WIRE_TYPE_64BIT;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
      return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    default:
      return PROTOBUF_C_WIRE_TYPE_VARINT;
  }
}

// Opens a message that ends at `end`.
static bool enter(
    scanner *s, const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *by,
    const uint8_t *end) {
  frame *f = &s->frames[s->depth];
  f->message = message;
  f->entered_by = by;
  f->end = end;
  memset(f->seen, 0, sizeof f->seen);
  f->members = 0;
  f->slab_room = first_slab;
  f->next_slab = 2 * first_slab;
  f->hint = 0;
  if (message->n_fields > max_fields) return fail(s, MESETA_SCAN_TOO_LARGE, NULL, s->at);
  size_t required_bits = (message->n_fields + 7) / 8;
  if (required_bits > 16 && !charge(s, required_bits, NULL, s->at)) return false;
  return charge(s, message->sizeof_message, NULL, s->at);
}

static bool seen(const frame *f, unsigned index) { return f->seen[index / 64] >> (index % 64) & 1; }

static bool has_required(const ProtobufCMessageDescriptor *message) {
  for (unsigned i = 0; i < message->n_fields; i++) {
    if (message->fields[i].label == PROTOBUF_C_LABEL_REQUIRED) return true;
  }
  return false;
}

static bool check_required(scanner *s) {
  const frame *f = &s->frames[s->depth];
  // A map entry without a value has the default value, which must be complete like any other.
  if (f->message->n_fields == 2 && !seen(f, 1) && f->message->fields[1].type == PROTOBUF_C_TYPE_MESSAGE
      && has_required(f->message->fields[1].descriptor) && meseta_wire_is_map_entry(f->message)) {
    return fail(s, MESETA_SCAN_MISSING_REQUIRED, &f->message->fields[1], s->at);
  }
  for (unsigned i = 0; i < f->message->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &f->message->fields[i];
    if (field->label == PROTOBUF_C_LABEL_REQUIRED && !seen(f, i)) {
      return fail(s, MESETA_SCAN_MISSING_REQUIRED, field, s->at);
    }
  }
  return true;
}

static const ProtobufCFieldDescriptor *find_field(frame *f, uint32_t number) {
  const ProtobufCMessageDescriptor *message = f->message;
  for (unsigned i = f->hint; i < f->hint + 2 && i < message->n_fields; i++) {
    if (message->fields[i].id == number) {
      f->hint = i;
      return &message->fields[i];
    }
  }
  const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(message, number);
  if (field != NULL) f->hint = (unsigned)(field - message->fields);
  return field;
}

// Checks the elements of a packed field up to `end` and counts them.
static bool scan_packed(
    scanner *s, const ProtobufCFieldDescriptor *field, const uint8_t *end, size_t *count) {
  size_t size = (size_t)(end - s->at);
  switch (wire_type_of(field->type)) {
    case PROTOBUF_C_WIRE_TYPE_32BIT:
    case PROTOBUF_C_WIRE_TYPE_64BIT: {
      size_t width = wire_type_of(field->type) == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8;
      if (size % width != 0) return fail(s, MESETA_SCAN_BAD_PACKED, field, s->at);
      *count = size / width;
      s->at = end;
      return true;
    }
    default:
      *count = 0;
      while (s->at < end) {
        const uint8_t *element = s->at;
        uint64_t value;
        if (!read_varint(s, end, 10, field, &value)) return false;
        // libprotobuf-c takes packed booleans for single bytes.
        if (field->type == PROTOBUF_C_TYPE_BOOL && (value > 1 || s->at - element != 1)) {
          return fail(s, MESETA_SCAN_BAD_PACKED, field, element);
        }
        *count += 1;
      }
      return true;
  }
}

// The value of a length-prefixed field; `s->at` is behind the length, `end` behind the value.
static bool scan_delimited(
    scanner *s, const ProtobufCFieldDescriptor *field, bool first, const uint8_t *end) {
  size_t size = (size_t)(end - s->at);
  switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: {
      size_t bad = meseta_find_bad_text(s->at, size);
      if (bad < size) {
        meseta_scan_code code = s->at[bad] == 0 ? MESETA_SCAN_NUL_IN_STRING : MESETA_SCAN_NOT_UTF8;
        return fail(s, code, field, s->at + bad);
      }
      if (!charge(s, size + 1, field, s->at)) return false;
      break;
    }
    case PROTOBUF_C_TYPE_BYTES:
      if (!charge(s, size, field, s->at)) return false;
      break;
    case PROTOBUF_C_TYPE_MESSAGE:
      if (!first && field->label != PROTOBUF_C_LABEL_REPEATED) {
        return fail(s, MESETA_SCAN_DUPLICATE_MESSAGE, field, s->at);
      }
      if (s->depth == s->max_depth) return fail(s, MESETA_SCAN_TOO_DEEP, field, s->at);
      s->depth += 1;
      return enter(s, field->descriptor, field, end);
    default: {
      // Only a repeated number gets here: packed.
      size_t count;
      if (!scan_packed(s, field, end, &count)) return false;
      if (!charge(s, count * meseta_wire_element_size(field->type), field, s->at)) return false;
      break;
    }
  }
  s->at = end;
  return true;
}

// The value of a varint field. A required enum with an unknown number counts as missing in proto2.
static bool scan_number(scanner *s, const ProtobufCFieldDescriptor *field, const uint8_t *end) {
  const uint8_t *place = s->at;
  uint64_t value;
  if (!read_varint(s, end, 10, field, &value)) return false;
  if (field != NULL && field->type == PROTOBUF_C_TYPE_ENUM && field->label == PROTOBUF_C_LABEL_REQUIRED
      && protobuf_c_enum_descriptor_get_value(field->descriptor, (int)(uint32_t)value) == NULL) {
    return fail(s, MESETA_SCAN_UNKNOWN_ENUM_VALUE, field, place);
  }
  return true;
}

// What libprotobuf-c allocates for a field before it looks at its value.
static bool charge_member(
    scanner *s, frame *f, const ProtobufCFieldDescriptor *field, bool packed, const uint8_t *place) {
  f->members += 1;
  if (f->members > f->slab_room) {
    if (!charge(s, slab_entry * f->next_slab, field, place)) return false;
    f->slab_room += f->next_slab;
    f->next_slab *= 2;
  }
  if (field == NULL) return charge(s, sizeof(ProtobufCMessageUnknownField), field, place);
  // Packed elements are charged when they are counted.
  if (field->label != PROTOBUF_C_LABEL_REPEATED || packed) return true;
  return charge(s, meseta_wire_element_size(field->type), field, place);
}

// One field of the innermost message: its tag and its value.
static bool scan_field(scanner *s) {
  frame *f = &s->frames[s->depth];
  const uint8_t *place = s->at;
  uint64_t tag;
  if (!read_varint(s, f->end, 5, NULL, &tag)) return false;
  if (tag > UINT32_MAX || tag >> 3 == 0) return fail(s, MESETA_SCAN_BAD_FIELD_NUMBER, NULL, place);
  unsigned wire_type = tag & 7;
  const ProtobufCFieldDescriptor *field = find_field(f, (uint32_t)(tag >> 3));
  if (wire_type == 3 || wire_type == 4) return fail(s, MESETA_SCAN_GROUP, field, place);

  bool packed = false, first = true;
  if (field != NULL) {
    unsigned expected = wire_type_of(field->type);
    packed = wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED && expected != wire_type
        && field->label == PROTOBUF_C_LABEL_REPEATED;
    if (wire_type != expected && !packed) return fail(s, MESETA_SCAN_WRONG_WIRE_TYPE, field, place);
    first = !seen(f, f->hint);
    f->seen[f->hint / 64] |= (uint64_t)1 << (f->hint % 64);
  }
  if (!charge_member(s, f, field, packed, place)) return false;

  const uint8_t *value = s->at;
  switch (wire_type) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
      if (!scan_number(s, field, f->end)) return false;
      break;
    case PROTOBUF_C_WIRE_TYPE_64BIT:
    case PROTOBUF_C_WIRE_TYPE_32BIT: {
      ptrdiff_t width = wire_type == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8;
      if (f->end - s->at < width) return fail(s, MESETA_SCAN_TRUNCATED, field, place);
      s->at += width;
      break;
    }
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED: {
      uint64_t length;
      if (!read_varint(s, f->end, 5, field, &length)) return false;
      if (length > (uint64_t)(f->end - s->at)) return fail(s, MESETA_SCAN_LENGTH_TOO_LONG, field, value);
      if (field != NULL) return scan_delimited(s, field, first, s->at + length);
      s->at += length;
      break;
    }
    default:
      return fail(s, MESETA_SCAN_WRONG_WIRE_TYPE, field, place);
  }
  // The bytes of an unknown field are kept, its length included.
  return field != NULL || charge(s, (size_t)(s->at - value), field, place);
}

meseta_scan_code meseta_wire_scan(
    const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length, size_t max_depth,
    size_t arena_bound, meseta_scan_result *result) {
  // An empty input may have no address; arithmetic on null is undefined.
  static const uint8_t nothing;
  scanner s;
  s.start = s.at = bytes == NULL ? &nothing : bytes;
  s.depth = 0;
  s.max_depth = max_depth < MESETA_SCAN_MAX_DEPTH ? max_depth : MESETA_SCAN_MAX_DEPTH;
  s.arena_bound = arena_bound;
  s.result = result;
  result->code = MESETA_SCAN_OK;
  result->offset = 0;
  result->message = descriptor;
  result->field = NULL;
  result->path_length = 0;
  result->arena_bytes = 0;
  s.frames[0].message = descriptor;
  if (length > INT_MAX) {
    fail(&s, MESETA_SCAN_TOO_LARGE, NULL, s.start);
    return result->code;
  }
  if (!enter(&s, descriptor, NULL, s.start + length)) return result->code;
  for (;;) {
    if (s.at == s.frames[s.depth].end) {
      if (!check_required(&s)) return result->code;
      if (s.depth == 0) return MESETA_SCAN_OK;
      s.depth -= 1;
    } else if (!scan_field(&s)) {
      return result->code;
    }
  }
}

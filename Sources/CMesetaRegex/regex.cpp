#include "meseta_regex.h"

#include <re2/re2.h>

#include <cstring>
#include <exception>

struct meseta_regex {
    re2::RE2 re2;
    meseta_regex(const re2::StringPiece &pattern, const re2::RE2::Options &options) : re2(pattern, options) {}
};

static void write_error(const char *text, size_t length, char *error, size_t capacity) {
    if (capacity == 0) return;
    if (length > capacity - 1) length = capacity - 1;
    std::memcpy(error, text, length);
    error[length] = '\0';
}

/* No exception leaves these functions: their callers know of none. */
extern "C" meseta_regex *meseta_regex_create(
    const char *pattern, size_t length, int64_t max_mem, char *error, size_t capacity) {
    try {
        re2::RE2::Options options(re2::RE2::Quiet);
        options.set_max_mem(max_mem);
        meseta_regex *regex = new meseta_regex(re2::StringPiece(pattern, length), options);
        if (regex->re2.ok()) return regex;
        write_error(regex->re2.error().data(), regex->re2.error().size(), error, capacity);
        delete regex;
    } catch (const std::exception &exception) {
        write_error(exception.what(), std::strlen(exception.what()), error, capacity);
    } catch (...) {
        static const char unknown[] = "it cannot be compiled";
        write_error(unknown, sizeof unknown - 1, error, capacity);
    }
    return nullptr;
}

extern "C" void meseta_regex_destroy(meseta_regex *regex) { delete regex; }

extern "C" int meseta_regex_program_size(const meseta_regex *regex) { return regex->re2.ProgramSize(); }

extern "C" bool meseta_regex_matches(const meseta_regex *regex, const char *text, size_t length) {
    try {
        return re2::RE2::FullMatch(re2::StringPiece(text, length), regex->re2);
    } catch (...) {
        return false;
    }
}

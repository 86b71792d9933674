// Options of the sanitizers' runtimes, linked into every program of a sanitizer build: so they hold under
// ctest, under mpirun and by hand. ASAN_OPTIONS and its like override them one by one.
extern "C" {
const char* __asan_default_options();
const char* __lsan_default_options();
const char* __tsan_default_options();
const char* __ubsan_default_options();
int dlclose(void* library);
}

/// Open MPI closes its components at the end, before leaks are looked for: who allocated what is then not
/// known any more, and no suppression matches. So they stay.
int dlclose(void* /*library*/) {
  return 0;
}

const char* __asan_default_options() {
  return "check_initialization_order=1:strict_init_order=1:detect_stack_use_after_return=1:strict_string_"
         "checks=1";
}

const char* __lsan_default_options() {
  return "print_suppressions=0:suppressions=" REPRISE_SUPPRESSIONS "/lsan.supp";
}

const char* __tsan_default_options() {
  return "halt_on_error=1:second_deadlock_stack=1:suppressions=" REPRISE_SUPPRESSIONS "/tsan.supp";
}

const char* __ubsan_default_options() {
  return "print_stacktrace=1:halt_on_error=1";
}

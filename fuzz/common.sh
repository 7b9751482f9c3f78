# What fuzz/run and fuzz/keep share: the fuzzers are built here. Sourced by bash in the top folder, with names of fuzzers.

all_fuzzers() { sed -n 's/^cria_fuzzer(\([a-z_]*\) .*/\1/p' fuzz/CMakeLists.txt; }

build_fuzzers() {  # NAME...
  cmake --preset fuzz >/dev/null
  cmake --build --preset fuzz --target make_fuzz_seeds "${@/%/_fuzzer}"
  build/fuzz/make_fuzz_seeds build/fuzz/seeds
}

# Folders of inputs to start from, those that exist.
seeds_of() {  # NAME
  local folder
  for folder in "fuzz/corpus/$1" "build/fuzz/seeds/$1"; do
    if [[ -d $folder ]]; then echo "$folder"; fi
  done
}

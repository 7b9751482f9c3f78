# What fuzz/run and fuzz/keep share: the fuzzers are built here. Sourced by bash with $root, the top of the checkout, which is
# also the current folder.

source "$root/scripts/lib.sh"

all_fuzzers() { sed -n 's/^cria_fuzzer(\([a-z_]*\) .*/\1/p' fuzz/CMakeLists.txt; }

build_fuzzers() {  # NAME...
  install "${build_packages[@]}"
  install_clang
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

# asiaq_batches(<variable> <folder> <file>...): sets <variable> to sources that compile the files of a folder a few at a
# time; <folder> is as includes name it. A header is then read, and a template compiled, once for all of them: that
# halves a build from nothing. Names in unnamed namespaces must differ within a folder. The presets without precompiled
# headers compile every file by itself, so that none lives on what another includes.
set(ASIAQ_BATCH_SIZE 6)

function(asiaq_batches variable folder)
  set(files ${ARGN})
  if(CMAKE_DISABLE_PRECOMPILE_HEADERS)
    set(${variable} ${files} PARENT_SCOPE)
    return()
  endif()
  # Generated files, large ones, have absolute paths and stay by themselves.
  set(sources ${files})
  list(FILTER sources INCLUDE REGEX "^/")
  list(FILTER files EXCLUDE REGEX "^/")
  set(number 0)
  while(files)
    list(SUBLIST files 0 ${ASIAQ_BATCH_SIZE} batch)
    list(REMOVE_ITEM files ${batch})
    # By relative names: all clones have the same text, and share what is in a compiler's cache.
    list(TRANSFORM batch REPLACE "(.+)" "#include \"${folder}/\\1\"\n")
    string(JOIN "" text ${batch})
    set(source ${PROJECT_BINARY_DIR}/generated/batches/${folder}_${number}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "${text}")
    list(APPEND sources ${source})
    math(EXPR number "${number} + 1")
  endwhile()
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()

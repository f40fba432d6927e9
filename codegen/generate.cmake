# How awsgen's output becomes part of the build.
set(ASIAQ_BOTOCORE_DIR ${PROJECT_SOURCE_DIR}/build/botocore CACHE PATH
    "Unpacked source distribution of botocore: AWS's service models and test suites")
set(ASIAQ_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)

# All that awsgen writes for the program, for tools that only read sources.
add_custom_target(asiaq_generated)

# asiaq_aws_client(<service> [<list of operations> [<waiters>]]): a library asiaq_aws_<service> of the generated client;
# without a list it has all operations of the model.
function(asiaq_aws_client service)
  string(REGEX REPLACE "[^A-Za-z0-9]" "_" space ${service})
  set(model ${ASIAQ_BOTOCORE_DIR}/botocore/data/${service})
  set(folder ${ASIAQ_GENERATED_DIR}/aws/${space})
  file(GLOB_RECURSE model_files ${model}/*.json)
  if(NOT model_files)
    message(FATAL_ERROR "No model of ${service} below ${model}: run scripts/setup, or set ASIAQ_BOTOCORE_DIR")
  endif()
  set(operations)
  if(ARGC GREATER 1)
    set(operations --operations ${ARGV1})
  endif()
  set(waiters)
  if(ARGC GREATER 2)
    set(waiters --waiters ${ARGV2})
  endif()
  set(generated)
  foreach(name client.cpp client.h rules.cpp tables.cpp tables.h types.h)
    list(APPEND generated ${folder}/${name})
  endforeach()
  add_custom_command(
    OUTPUT ${folder}/stamp
    BYPRODUCTS ${generated}
    COMMAND asiaq_awsgen client --model ${model} ${operations} ${waiters} --output ${folder}
    COMMAND ${CMAKE_COMMAND} -E touch ${folder}/stamp
    DEPENDS asiaq_awsgen ${ARGV1} ${ARGV2} ${model_files}
    COMMENT "Generating the client of ${service}"
    VERBATIM)
  add_custom_target(asiaq_aws_${space}_files DEPENDS ${folder}/stamp)
  add_library(asiaq_aws_${space} STATIC ${folder}/client.cpp ${folder}/rules.cpp ${folder}/tables.cpp)
  set_source_files_properties(${generated} PROPERTIES GENERATED TRUE)
  add_dependencies(asiaq_aws_${space} asiaq_aws_${space}_files)
  target_include_directories(asiaq_aws_${space} PUBLIC ${ASIAQ_GENERATED_DIR} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(asiaq_aws_${space} PRIVATE asiaq_options)
  asiaq_use_precompiled(asiaq_aws_${space} library)
  # The runtime is used by every client.
  target_link_libraries(asiaq_aws_${space} PUBLIC asiaq_aws)
endfunction()

# asiaq_aws_service(<service>): a client of the operations that the program calls, part of the layer asiaq_aws.
function(asiaq_aws_service service)
  set_property(GLOBAL APPEND PROPERTY ASIAQ_AWS_SERVICES ${service})
  set(waiters ${PROJECT_SOURCE_DIR}/codegen/waiters/${service}.json)
  if(NOT EXISTS ${waiters})
    set(waiters)
  endif()
  asiaq_aws_client(${service} ${PROJECT_SOURCE_DIR}/codegen/operations/${service} ${waiters})
  string(REGEX REPLACE "[^A-Za-z0-9]" "_" space ${service})
  target_link_libraries(asiaq_aws PUBLIC asiaq_aws_${space})
  # Whoever uses the layer includes generated headers.
  add_dependencies(asiaq_aws asiaq_aws_${space}_files)
  add_dependencies(asiaq_generated asiaq_aws_${space}_files)
endfunction()

# The list of AWS's partitions and regions, which endpoint rules ask for.
function(asiaq_aws_partitions target)
  set(model ${ASIAQ_BOTOCORE_DIR}/botocore/data/partitions.json)
  set(generated ${ASIAQ_GENERATED_DIR}/aws/partitions.cpp)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND asiaq_awsgen partitions --model ${model} --output ${generated}
    DEPENDS asiaq_awsgen ${model}
    COMMENT "Generating the list of partitions"
    VERBATIM)
endfunction()

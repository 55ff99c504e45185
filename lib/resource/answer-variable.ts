/** The shell variable in which a demand finds the answer to a question. */
export function answerVariable(question: string): string {
  return `said_${question.replaceAll(/[^A-Za-z0-9]/g, '_')}`
}
